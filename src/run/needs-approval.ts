import { checkArguments } from '../agent/check-arguments.ts';
import type { Tool } from '../agent/tool.ts';
import { orAborted } from '../lib/or-aborted.ts';
import { signalWithin } from '../lib/signal-within.ts';
import type { ActiveRun } from './active-run.ts';

/**
 * Whether a call that the model asks for must be approved first. Arguments that do not fit need none: such a call fails. A policy that
 * throws, or is not done in the tool's time, counts as yes.
 * @throws RunStop, HandOver when the run must stop meanwhile.
 */
export async function needsApproval(
  { starter, signal, log }: Pick<ActiveRun, 'starter' | 'signal' | 'log'>,
  tool: Tool,
  argumentsText: string,
): Promise<boolean> {
  const policy = tool.needsApproval;
  if (policy === false) return false;
  const checked = checkArguments(tool, argumentsText);
  if (checked.error !== undefined) return false;
  if (policy === true) return true;
  const bound = signalWithin(tool.timeoutMs, signal);
  try {
    const answer: unknown = await orAborted((async () => policy(checked.args, starter))(), bound.signal);
    // Anything but a plain no asks.
    return answer !== false;
  } catch (error) {
    signal.throwIfAborted();
    log.warn(
      { err: error, tool: tool.name },
      'the approval policy of a tool failed, so the call is asked about',
    );
    return true;
  } finally {
    bound.release();
  }
}
