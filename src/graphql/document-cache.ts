import type { DocumentNode } from 'graphql';

const MAX_DOCUMENTS = 1000;
/** Characters of all texts; a parsed document takes some fifty times the memory of its text. */
const MAX_CHARACTERS = 1_048_576;
/** A longer text is not kept: few clients send such, and it would push out many others. */
const MAX_LENGTH = 32_768;

/** Parsed and validated documents by their text, the least recently used dropped first. */
export class DocumentCache {
  readonly #documents = new Map<string, DocumentNode>();
  #characters = 0;

  get(text: string): DocumentNode | undefined {
    const document = this.#documents.get(text);
    if (document !== undefined) {
      this.#documents.delete(text);
      this.#documents.set(text, document);
    }
    return document;
  }

  set(text: string, document: DocumentNode): void {
    if (text.length > MAX_LENGTH || this.#documents.has(text)) return;
    this.#documents.set(text, document);
    this.#characters += text.length;
    for (const oldest of this.#documents.keys()) {
      if (this.#documents.size <= MAX_DOCUMENTS && this.#characters <= MAX_CHARACTERS) return;
      this.#documents.delete(oldest);
      this.#characters -= oldest.length;
    }
  }
}
