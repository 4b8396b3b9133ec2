/** What is to be closed, the last first. Disposed of once, however often it is asked; one that fails does not keep the others open. */
export class ResourceStack implements AsyncDisposable {
  readonly #closers: (() => PromiseLike<void>)[] = [];

  /** Adds what `close` closes. */
  defer(close: () => PromiseLike<void>): void {
    this.#closers.push(close);
  }

  /** @throws the first error of a close, after all were tried. */
  async [Symbol.asyncDispose](): Promise<void> {
    const errors: unknown[] = [];
    for (let close = this.#closers.pop(); close !== undefined; close = this.#closers.pop()) {
      try {
        await close();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
  }
}
