/** The longest delay that a timer of Node takes; a longer one would fire at once. */
const MAX_DELAY_MS = 2_147_483_647;

/**
 * Calls `callback` once `now()` has reached `at`, however far away that is, and returns what calls it off. The timer does not
 * keep the process alive.
 */
export function callAt(at: Date, callback: () => void, now: () => Date = () => new Date()): () => void {
  let timer: NodeJS.Timeout;
  function arm(): void {
    const delayMs = at.getTime() - now().getTime();
    timer = setTimeout(() => (delayMs > MAX_DELAY_MS ? arm() : callback()), clamp(delayMs));
    timer.unref();
  }
  arm();
  return () => clearTimeout(timer);
}

function clamp(delayMs: number): number {
  return Math.min(Math.max(delayMs, 0), MAX_DELAY_MS);
}
