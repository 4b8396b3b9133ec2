import * as fc from 'fast-check';

/** Makes choices, so that fast-check can make fewer of them when it has found something. */
export class Draw {
  readonly #draw: fc.GeneratorValue;

  constructor(draw: fc.GeneratorValue) {
    this.#draw = draw;
  }

  /** From 0 to `max`. */
  upTo(max: number): number {
    return this.#draw(fc.nat, { max });
  }

  /** True so many times of a hundred; shrinks to false. */
  chance(percent: number): boolean {
    return this.upTo(99) >= 100 - percent;
  }

  pick<TItem>(items: readonly TItem[]): TItem {
    const item = items[this.upTo(items.length - 1)];
    if (item === undefined) throw new Error('There is nothing to pick from.');
    return item;
  }

  some<TItem>(items: readonly TItem[], percent: number): TItem[] {
    return items.filter(() => this.chance(percent));
  }

  /** `length` items at most, and `min` at least. */
  many<TItem>(min: number, max: number, make: (index: number) => TItem): TItem[] {
    return Array.from({ length: min + this.upTo(max - min) }, (_, index) => make(index));
  }
}
