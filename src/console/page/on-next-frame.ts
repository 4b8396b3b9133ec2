/** Pages that nobody sees get no frames, and still have to come along. */
const HIDDEN_MS = 250;

/** Calls back before the next frame; where there are none, some time soon. */
export function onNextFrame(callback: () => void): void {
  if (document.hidden) setTimeout(callback, HIDDEN_MS);
  else requestAnimationFrame(callback);
}
