interface Link<TValue> {
  readonly value: TValue;
  readonly next: Promise<Link<TValue>>;
}

/** One source for many readers, without a log: whoever reads is told what is published from then on. */
export class Broadcast<TValue> {
  #last = Promise.withResolvers<Link<TValue>>();

  publish(value: TValue): void {
    const { resolve } = this.#last;
    this.#last = Promise.withResolvers();
    resolve({ value, next: this.#last.promise });
  }

  async *read(): AsyncGenerator<TValue, never> {
    for (let link = this.#last.promise; ;) {
      const { value, next } = await link;
      yield value;
      link = next;
    }
  }
}
