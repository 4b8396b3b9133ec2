import { exceeds } from './limits.ts';

/** What of a page is looked at: its rows. */
interface Rows<TRow> {
  readonly rows: readonly TRow[];
}

/** Pages of one operation that are read at once: others need the database too. */
const LANES = 2;

/**
 * Reads the pages of one operation that hold long texts, a few at a time, until there are more characters than a result may
 * have: what it could not answer is not read. Then throws `LimitExceededError` (`resultCharacters`), for the pages that
 * wait as well.
 */
export class PageLoader {
  readonly #maxCharacters: number;
  #characters = 0;
  readonly #lanes: Promise<unknown>[] = [];
  #next = 0;

  constructor(maxCharacters: number) {
    this.#maxCharacters = maxCharacters;
  }

  /** What `load` gives; `lengthOf`: the characters of a row's texts. */
  load<TRow, TPage extends Rows<TRow>>(
    load: () => Promise<TPage & Rows<TRow>>,
    lengthOf: (row: TRow) => number,
  ): Promise<TPage> {
    const lane = this.#next++ % LANES;
    const page = (this.#lanes[lane] ?? Promise.resolve()).then(() => this.#loadNow(load, lengthOf));
    this.#lanes[lane] = page.catch(() => undefined); // whoever asked for that page is told
    return page;
  }

  async #loadNow<TRow, TPage extends Rows<TRow>>(
    load: () => Promise<TPage>,
    lengthOf: (row: TRow) => number,
  ): Promise<TPage> {
    this.#assertRoom();
    const page = await load();
    for (const row of page.rows) this.#characters += lengthOf(row);
    this.#assertRoom();
    return page;
  }

  #assertRoom(): void {
    if (this.#characters > this.#maxCharacters) throw exceeds('resultCharacters', this.#maxCharacters);
  }
}
