import type { Tool } from '../agent/tool.ts';
import { ToolError } from '../errors.ts';
import type { Logger } from '../lib/logger.ts';
import { toWellFormedJson } from '../lib/to-well-formed-json.ts';
import { toWellFormedText } from '../lib/to-well-formed-text.ts';
import type { Identity } from '../scope/principal.ts';
import type { Json } from '../store/tables.ts';

/** How a tool call went. `content` is what the model reads. */
export interface ToolOutcome {
  readonly status: 'COMPLETED' | 'FAILED' | 'CANCELLED' | 'UNKNOWN';
  readonly result: Json;
  readonly error: string | null;
  readonly content: string;
}

export interface ToolExecution {
  readonly tool: Tool;
  /** As `checkArguments` gave them. */
  readonly args: never;
  readonly idempotencyKey: string;
  readonly principal: Identity;
  /** The run's. */
  readonly signal: AbortSignal;
  readonly log: Logger;
  /** How long a tool may go on after its signal has aborted. Default: 5,000. */
  readonly graceMs?: number;
}

const DEFAULT_GRACE_MS = 5000;
const MAX_CONTENT_LENGTH = 262_144;
const ABANDONED = Symbol('abandoned');

/**
 * Runs a tool to its end, its deadline or the end of the run. Never throws: a failure is data for the model. A tool that
 * does not heed its signal is abandoned after the grace; when it may have changed something its outcome is UNKNOWN.
 */
export async function executeTool(execution: ToolExecution): Promise<ToolOutcome> {
  const { tool, args, idempotencyKey, principal, log } = execution;
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), tool.timeoutMs);
  const signal = AbortSignal.any([execution.signal, deadline.signal]);
  try {
    const work = (async () => tool.run(args, { signal, idempotencyKey, principal }))();
    const result = await orAbandoned(work, signal, execution.graceMs ?? DEFAULT_GRACE_MS);
    return result === ABANDONED ? abandoned(execution) : completed(tool, result);
  } catch (error) {
    if (execution.signal.aborted) return failed('CANCELLED', 'The call was cancelled.');
    if (signal.aborted) return failed('FAILED', tooSlow(tool));
    if (error instanceof ToolError) return failed('FAILED', toWellFormedText(error.message));
    log.warn({ err: error, tool: tool.name }, 'a tool failed');
    return failed('FAILED', 'The tool failed.');
  } finally {
    clearTimeout(timer);
  }
}

/** An outcome other than success; the model reads the same sentence as clients do. */
export function failed(status: 'FAILED' | 'CANCELLED' | 'UNKNOWN', error: string): ToolOutcome {
  return { status, result: null, error, content: error };
}

function completed(tool: Tool, value: unknown): ToolOutcome {
  const text = JSON.stringify(value ?? null);
  if (text === undefined) throw new TypeError(`Tool "${tool.name}" answered something that is no JSON.`);
  if (text.length > MAX_CONTENT_LENGTH) return failed('FAILED', 'The result of the tool is too large.');
  // What JSON.stringify wrote is JSON.
  const result = toWellFormedJson(JSON.parse(text)) as Json;
  return {
    status: 'COMPLETED',
    result,
    error: null,
    content: typeof result === 'string' ? result : JSON.stringify(result),
  };
}

function abandoned({ tool, signal }: ToolExecution): ToolOutcome {
  if (tool.effect !== 'read')
    return failed('UNKNOWN', 'Whether the call took effect is not known: the tool did not answer.');
  return signal.aborted ? failed('CANCELLED', 'The call was cancelled.') : failed('FAILED', tooSlow(tool));
}

function tooSlow(tool: Tool): string {
  return `The tool took longer than ${tool.timeoutMs / 1000} seconds.`;
}

/** Settles as `work` does, or with ABANDONED when that has not happened `graceMs` after the signal aborted. */
function orAbandoned(work: Promise<unknown>, signal: AbortSignal, graceMs: number): Promise<unknown> {
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    const stop = (): void => {
      timer = setTimeout(() => resolve(ABANDONED), graceMs);
    };
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
    });
  });
}
