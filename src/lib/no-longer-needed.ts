/**
 * The reason of an abort that nobody is told of: what has to stop has no reader any more, or one that is told another. One for
 * all, since to make an error with a stack costs more than all else of such an abort.
 */
export const NO_LONGER_NEEDED = new DOMException('Nobody waits for it any more.', 'AbortError');
