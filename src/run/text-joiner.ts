import { toWellFormedText } from '../lib/to-well-formed-text.ts';

/**
 * Makes the deltas of one text well-formed without cutting a surrogate pair: a high surrogate at a delta's end waits for the
 * delta that follows. What `push` and the last `flush` gave, put together, is `toWellFormedText` of the whole.
 */
export class TextJoiner {
  #held = '';

  /** The part of the text that can be shown now; may be empty. */
  push(delta: string): string {
    const text = this.#held + delta;
    const isCut = isHighSurrogate(text.charCodeAt(text.length - 1));
    this.#held = isCut ? text.slice(-1) : '';
    return toWellFormedText(isCut ? text.slice(0, -1) : text);
  }

  /** What still waits at the end of the text: nothing, or one replacement character. */
  flush(): string {
    const rest = toWellFormedText(this.#held);
    this.#held = '';
    return rest;
  }
}

/** False for the NaN of an empty text. */
function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}
