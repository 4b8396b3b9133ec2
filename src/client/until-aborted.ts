/** What `source` gives until the signal aborts; a step that is under way is then not waited for. Ends the source. */
export async function* untilAborted<TItem>(
  source: AsyncIterator<TItem>,
  signal: AbortSignal,
): AsyncGenerator<TItem, void, undefined> {
  try {
    for (;;) {
      const step = await orDone(source.next(), signal);
      if (step.done === true) return;
      yield step.value;
    }
  } finally {
    // A source that fails while it ends has nobody left to tell, and one that hangs is not waited for.
    source.return?.().catch(() => undefined);
  }
}

function orDone<TItem>(
  step: Promise<IteratorResult<TItem>>,
  signal: AbortSignal,
): Promise<IteratorResult<TItem>> {
  return new Promise((resolve, reject) => {
    const end = (): void => resolve({ done: true, value: undefined });
    if (signal.aborted) end();
    signal.addEventListener('abort', end);
    step.then(resolve, reject).finally(() => signal.removeEventListener('abort', end));
  });
}
