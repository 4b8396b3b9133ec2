import { CursorExpiredError } from '../errors.ts';
import type { RunEvent } from './run-event.ts';

/**
 * Requires that a reader who has seen everything up to `cursor` may go on with `next`, the first event after it in the log: not
 * when `next` stands for some events that the reader has seen and some it has not, and not when events between were dropped. `last`
 * is what this reader was handed before, if anything: who is handed joined rows has seen nothing of what the next one stands for.
 * @throws CursorExpiredError
 */
export function requireWhole(cursor: number, last: RunEvent | null, next: RunEvent | undefined): void {
  if (next === undefined) return;
  const { type, payload, seq } = next;
  if (type === 'RunFinished' && payload.dropped === true && cursor < seq - 1)
    throw new CursorExpiredError(seq - 1);
  const firstSeq = firstSeqOf(next);
  if (firstSeq !== null && firstSeq <= cursor && firstSeqOf(last) === null)
    throw new CursorExpiredError(firstSeq - 1);
}

/** `null`: the event stands for itself. */
function firstSeqOf(event: RunEvent | null): number | null {
  const isDelta = event?.type === 'TextDelta' || event?.type === 'ReasoningDelta';
  return isDelta ? (event.payload.firstSeq ?? null) : null;
}
