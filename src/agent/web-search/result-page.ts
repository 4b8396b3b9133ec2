import { Parser } from 'htmlparser2';
import { TextCollector } from './plain-text.ts';

/** A result as DuckDuckGo's page for browsers without scripts shows it. */
export interface PageResult {
  readonly title: string;
  /** As it stands in the page: often a link of DuckDuckGo's own that names the target. */
  readonly href: string;
  readonly snippet: string;
  /** What is written beside the address: a date, at times. */
  readonly extras: string;
}

export interface ResultPage {
  readonly results: readonly PageResult[];
  /** The page says that there is nothing. */
  readonly saysNothingFound: boolean;
  /** The page asks whether a human is searching. */
  readonly isChallenge: boolean;
}

const MAX_DEPTH = 256;
const MAX_RESULTS = 50;

/**
 * Reads a page of results, advertisements left out. `null`: elements are nested deeper than any such page's are. The work is
 * in proportion to the page's length, whatever is in it.
 */
export function parseResultPage(html: string): ResultPage | null {
  const reader = new PageReader();
  const parser = new Parser({
    onopentag(name, attributes) {
      reader.open(name, attributes);
      if (reader.isDone) parser.pause();
    },
    ontext: (text) => reader.addText(text),
    onclosetag: (name) => reader.close(name),
  });
  parser.write(html);
  if (!reader.isDone) parser.end();
  return reader.isTooDeep ? null : reader.page;
}

type Field = 'title' | 'snippet' | 'extras';

const FIELDS: ReadonlyMap<string, Field> = new Map([
  ['result__a', 'title'],
  ['result__snippet', 'snippet'],
  ['result__extras__url', 'extras'],
]);

interface Draft extends Record<Field, string> {
  href: string;
}

class PageReader {
  readonly #results: Draft[] = [];
  #draft: Draft | null = null;
  #depth = 0;
  /** The field whose element is open, and how deep that element stands. */
  #open: { readonly field: Field; readonly depth: number; readonly collector: TextCollector } | null = null;
  #saysNothingFound = false;
  #isChallenge = false;

  get isTooDeep(): boolean {
    return this.#depth > MAX_DEPTH;
  }

  get isDone(): boolean {
    return this.isTooDeep || this.#results.length >= MAX_RESULTS;
  }

  get page(): ResultPage {
    return {
      results: this.#results.filter(({ title, href }) => title.trim() !== '' && href !== ''),
      saysNothingFound: this.#saysNothingFound,
      isChallenge: this.#isChallenge,
    };
  }

  open(name: string, attributes: Readonly<Record<string, string>>): void {
    this.#depth += 1;
    this.#open?.collector.open(name);
    const classes = (attributes['class'] ?? '').split(/\s+/);
    if (classes.includes('no-results')) this.#saysNothingFound = true;
    if (isOfChallenge(classes, attributes)) this.#isChallenge = true;
    if (classes.includes('result')) this.#begin(classes);
    const field = classes.map((word) => FIELDS.get(word)).find((found) => found !== undefined);
    // The first of each counts: links to parts of the same site may follow.
    if (field === undefined || this.#open !== null || this.#draft?.[field] !== '') return;
    if (field === 'title') this.#draft.href = attributes['href'] ?? '';
    this.#open = { field, depth: this.#depth, collector: new TextCollector() };
  }

  addText(text: string): void {
    this.#open?.collector.add(text);
  }

  close(name: string): void {
    const open = this.#open;
    open?.collector.close(name);
    if (open !== null && open.depth === this.#depth) this.#finish();
    this.#depth -= 1;
  }

  #begin(classes: readonly string[]): void {
    this.#finish();
    const isResult = !classes.includes('result--ad') && !classes.includes('result--no-result');
    this.#draft = isResult ? { title: '', href: '', snippet: '', extras: '' } : null;
    if (this.#draft !== null) this.#results.push(this.#draft);
  }

  #finish(): void {
    if (this.#open !== null && this.#draft !== null)
      this.#draft[this.#open.field] = this.#open.collector.text;
    this.#open = null;
  }
}

function isOfChallenge(classes: readonly string[], { id, src }: Readonly<Record<string, string>>): boolean {
  return (
    id === 'challenge-form' ||
    classes.some((word) => word.startsWith('anomaly-modal')) ||
    src?.endsWith('/anomaly.js') === true
  );
}
