import { ModelError } from '../errors.ts';

/** Tool calls that one turn may ask for. */
export const MAX_TOOL_CALLS = 128;

/** Text of one turn, and in a count of its own its reasoning, in UTF-16 units. */
export const MAX_TEXT_LENGTH = 16 * 1024 * 1024;

/** Ids, names and arguments of one turn's tool calls together, in UTF-16 units. */
export const MAX_ARGUMENTS_LENGTH = 16 * 1024 * 1024;

/** Bytes that may arrive without a complete frame among them. */
export const MAX_FRAME_BYTES = 32 * 1024 * 1024;

/** Throws `ModelError` with `sentence` when `value` is beyond `limit`. */
export function requireWithin(limit: number, value: number, sentence: string): void {
  if (value > limit) throw new ModelError(sentence);
}
