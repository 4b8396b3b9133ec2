import { checkArguments, MAX_JSON_DEPTH } from '../agent/check-arguments.ts';
import type { Tool } from '../agent/tool.ts';
import { ToolError } from '../errors.ts';
import type { Logger } from '../lib/logger.ts';
import { isDeeperThan } from '../lib/is-deeper-than.ts';
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
  /** As the model wrote them. */
  readonly argumentsText: string;
  readonly idempotencyKey: string;
  readonly principal: Identity;
  /** The run's. */
  readonly signal: AbortSignal;
  readonly log: Logger;
  /** How long a tool may go on after its signal has aborted. Default: 2,000. */
  readonly graceMs?: number;
}

/** Less than a process that stops waits for its runs. */
const DEFAULT_GRACE_MS = 2000;
const MAX_CONTENT_LENGTH = 262_144;
const MAX_ERROR_LENGTH = 8192;
/** The longest delay that a timer of Node takes. */
const MAX_DELAY_MS = 2_147_483_647;
const ABANDONED = Symbol('abandoned');

/**
 * Runs a tool to its end, its deadline or the end of the run; not at all with wrong arguments, or when the run must stop
 * already. Never throws: a failure is data for the model. A tool that does not heed its signal is abandoned after the grace,
 * and one that throws once its signal has aborted is taken for broken off, unless it throws a ToolError; when it may have changed
 * something its outcome is then UNKNOWN.
 */
export async function executeTool(execution: ToolExecution): Promise<ToolOutcome> {
  const { tool, idempotencyKey, principal, log } = execution;
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), Math.min(tool.timeoutMs, MAX_DELAY_MS));
  const signal = AbortSignal.any([execution.signal, deadline.signal]);
  let isBegun = false;
  try {
    signal.throwIfAborted();
    const checked = checkArguments(tool, execution.argumentsText);
    if (checked.error !== undefined) return failed('FAILED', checked.error);
    isBegun = true;
    const work = (async () => tool.run(checked.args, { signal, idempotencyKey, principal }))();
    const result = await orAbandoned(work, signal, execution.graceMs ?? DEFAULT_GRACE_MS);
    return result === ABANDONED ? abandoned(execution) : completed(tool, result);
  } catch (error) {
    const isSaid = error instanceof ToolError;
    // What only reads has nothing to tell once it is broken off.
    if (signal.aborted && !(isSaid && tool.effect !== 'read'))
      return isBegun ? abandoned(execution) : failed('CANCELLED', 'The call was cancelled.');
    if (isSaid) return failed('FAILED', error.message);
    log.warn({ err: error, tool: tool.name }, 'a tool failed');
    return failed('FAILED', 'The tool failed.');
  } finally {
    clearTimeout(timer);
  }
}

/** An outcome other than success; the model reads the same text as clients do, cut to 8,192 characters. */
export function failed(status: 'FAILED' | 'CANCELLED' | 'UNKNOWN', text: string): ToolOutcome {
  const error = toWellFormedText(text.slice(0, MAX_ERROR_LENGTH));
  return { status, result: null, error, content: error };
}

function completed(tool: Tool, value: unknown): ToolOutcome {
  const text = JSON.stringify(value ?? null);
  if (text === undefined) throw new TypeError(`Tool "${tool.name}" answered something that is no JSON.`);
  if (text.length > MAX_CONTENT_LENGTH) return failed('FAILED', 'The result of the tool is too large.');
  const json: unknown = JSON.parse(text);
  if (isDeeperThan(json, MAX_JSON_DEPTH))
    return failed('FAILED', 'The result of the tool is nested too deep.');
  // What JSON.stringify wrote is JSON.
  const result = toWellFormedJson(json) as Json;
  return {
    status: 'COMPLETED',
    result,
    error: null,
    content: typeof result === 'string' ? result : JSON.stringify(result),
  };
}

function abandoned({ tool, signal }: ToolExecution): ToolOutcome {
  if (tool.effect !== 'read')
    return failed('UNKNOWN', 'Whether the call took effect is not known: the tool was broken off.');
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
