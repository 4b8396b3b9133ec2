/**
 * The reason of an abort that takes nothing from anybody: what is told to stop has no reader any more. One for all, since to make an error
 * with a stack costs more than all else of such an abort.
 */
export const NO_LONGER_NEEDED = new DOMException('Nobody waits for it any more.', 'AbortError');
