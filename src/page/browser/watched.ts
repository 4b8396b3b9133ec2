/** What changes and is watched for that: `subscribe` and `read` are what React's useSyncExternalStore takes. */
export abstract class Watched<TState> {
  #state: TState;
  readonly #listeners = new Set<() => void>();

  constructor(state: TState) {
    this.#state = state;
  }

  readonly read = (): TState => this.#state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  protected set(state: TState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }

  /** Nobody is told of changes any more. */
  protected fallSilent(): void {
    this.#listeners.clear();
  }
}
