import { toPrintableText } from '../../lib/to-printable-text.ts';
import { truncateText } from '../../lib/truncate-text.ts';
import type { TextStream } from './text-stream.ts';

export interface Streams {
  /** For the answer alone. */
  readonly out: TextStream;
  /** For all that is told besides. */
  readonly err: TextStream;
}

/** Of a line about a tool call where no terminal says how much fits. */
const UNWATCHED_WIDTH = 1_000;
/** Where a terminal does not know its size, or says 0. */
const DEFAULT_COLUMNS = 80;
const DIM = ['\u001b[2m', '\u001b[22m'] as const;

/**
 * The answer of a run on stdout, and what happens besides on stderr, which often are one terminal. What is told begins on a line of
 * its own. A line of progress stands at the end while nothing else is being written there, and goes before anything is. What
 * models and tools say does not steer a terminal; where stdout is none, the answer is written as it is.
 */
export class Screen {
  readonly #out: TextStream;
  readonly #err: TextStream;
  #messageId: string | null = null;
  /** Whether the last thing on the stream was no whole line. */
  #isOutOpen = false;
  #isErrOpen = false;
  /** Characters of the line of progress that is shown. */
  #progressLength = 0;

  constructor({ out, err }: Streams) {
    this.#out = out;
    this.#err = err;
  }

  /** Whether somebody looks on while it happens. */
  get isWatched(): boolean {
    return this.#err.isTTY === true;
  }

  /** A piece of a message of the answer. Each message begins on a line of its own. */
  answer(messageId: string, text: string): void {
    if (text === '') return;
    this.progress(null);
    this.#closeErr();
    if (messageId !== this.#messageId) this.#closeOut();
    this.#messageId = messageId;
    this.#out.write(this.#out.isTTY === true ? toPrintableText(text) : text);
    this.#isOutOpen = !text.endsWith('\n');
  }

  /** A piece of the model's reasoning, dim; only shown while somebody looks on. */
  reasoning(text: string): void {
    if (!this.isWatched || text === '') return;
    this.progress(null);
    if (this.#out.isTTY === true) this.#closeOut();
    this.#err.write(this.#dim(toPrintableText(text)));
    this.#isErrOpen = !text.endsWith('\n');
  }

  /** A line of its own. */
  note(text: string): void {
    this.#line(toPrintableText(text));
  }

  /** As `note`, in one line of the terminal. */
  brief(text: string): void {
    const width = this.isWatched ? this.#columns : UNWATCHED_WIDTH;
    this.note(truncateText(text.replaceAll(/\s+/g, ' '), width));
  }

  /** As `note`, dim, and only while somebody looks on. */
  aside(text: string): void {
    if (this.isWatched) this.#line(this.#dim(toPrintableText(text)));
  }

  /** The line of progress, in place of the one before; `null`: none. Nothing where nobody looks on or a line is being written. */
  progress(text: string | null): void {
    if (this.#progressLength > 0) this.#err.write(`\r${' '.repeat(this.#progressLength)}\r`);
    this.#progressLength = 0;
    const isBusy = this.#isErrOpen || (this.#isOutOpen && this.#out.isTTY === true);
    if (text === null || !this.isWatched || isBusy) return;
    // One less than fits: the cursor stays on the line.
    const line = truncateText(toPrintableText(text), this.#columns - 1);
    this.#err.write(this.#dim(line));
    this.#progressLength = line.length;
  }

  /** Whether a question stands on stderr, with the cursor behind it. */
  question(isOpen: boolean): void {
    if (isOpen) this.progress(null);
    this.#isErrOpen = isOpen;
  }

  /** Nothing more comes: the answer ends with a line end. */
  end(): void {
    this.progress(null);
    this.#closeErr();
    this.#closeOut();
  }

  get #columns(): number {
    return this.#err.columns || DEFAULT_COLUMNS;
  }

  #line(text: string): void {
    this.progress(null);
    this.#closeErr();
    if (this.#out.isTTY === true) this.#closeOut();
    this.#err.write(`${text}\n`);
  }

  #closeOut(): void {
    if (this.#isOutOpen) this.#out.write('\n');
    this.#isOutOpen = false;
  }

  #closeErr(): void {
    if (this.#isErrOpen) this.#err.write('\n');
    this.#isErrOpen = false;
  }

  #dim(text: string): string {
    return this.#err.hasColors?.() === true ? DIM.join(text) : text;
  }
}
