/**
 * Shows text in an element of its own, line by line, each in the direction of its own script. All of it is text: nothing in it is
 * read as HTML. An answer of ten thousand pieces costs each time what is new in it, and one line at most is laid out again.
 */
export class TextSheet {
  readonly #element: HTMLElement;
  #shown = '';
  #line: Text | null = null;

  constructor(element: HTMLElement) {
    this.#element = element;
    element.replaceChildren();
  }

  /** Shows `text`. What it has in common with what is shown, is left as it is. */
  show(text: string): void {
    if (!text.startsWith(this.#shown)) {
      this.#element.replaceChildren();
      this.#line = null;
      this.#shown = '';
    }
    const [rest = '', ...lines] = text.slice(this.#shown.length).split('\n');
    if (text.length > this.#shown.length) this.#append(rest);
    for (const line of lines) {
      this.#line = null;
      this.#append(line);
    }
    this.#shown = text;
  }

  #append(text: string): void {
    if (this.#line === null) {
      const paragraph = document.createElement('p');
      paragraph.dir = 'auto';
      this.#line = document.createTextNode('');
      paragraph.append(this.#line);
      this.#element.append(paragraph);
    }
    this.#line.appendData(text);
  }
}
