export interface BoundedSignal {
  readonly signal: AbortSignal;
  /** Ends the timer and lets go of the outer signal; to be called once nobody waits any more. */
  release(): void;
}

/** A signal that aborts after `ms` (at most 2³¹ − 1), or with `outer`. Unlike `AbortSignal.timeout` it leaves nothing behind. */
export function signalWithin(ms: number, outer?: AbortSignal): BoundedSignal {
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  const timer = setTimeout(abort, ms);
  if (outer?.aborted === true) abort();
  outer?.addEventListener('abort', abort, { once: true });
  return {
    signal: controller.signal,
    release() {
      clearTimeout(timer);
      outer?.removeEventListener('abort', abort);
    },
  };
}
