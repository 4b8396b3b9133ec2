import { Parser } from 'htmlparser2';

/** Elements that do not part words. */
const INLINE = new Set(['a', 'b', 'em', 'i', 'mark', 'span', 'strong', 'u', 'wbr']);
const HIDDEN = new Set(['script', 'style', 'template']);

/** Collects the text that markup shows: entities decoded by the parser, scripts left out, a space where a block begins. */
export class TextCollector {
  #text = '';
  #hidden = 0;

  get text(): string {
    return this.#text;
  }

  open(name: string): void {
    if (HIDDEN.has(name)) this.#hidden += 1;
    else if (!INLINE.has(name)) this.#text += ' ';
  }

  add(text: string): void {
    if (this.#hidden === 0) this.#text += text;
  }

  close(name: string): void {
    if (HIDDEN.has(name)) this.#hidden = Math.max(this.#hidden - 1, 0);
  }
}

const MAX_MARKUP_LENGTH = 20_000;

/** The text that a piece of markup shows, as services put it in titles and excerpts; its first 20,000 characters at most. */
export function toPlainText(markup: string): string {
  const collector = new TextCollector();
  const parser = new Parser({
    onopentagname: (name) => collector.open(name),
    ontext: (text) => collector.add(text),
    onclosetag: (name) => collector.close(name),
  });
  parser.end(markup.slice(0, MAX_MARKUP_LENGTH));
  return collector.text;
}
