/**
 * Cuts one direction of a connection to Postgres into its messages: a letter, and what follows the length. The first message that a
 * client sends has no letter (https://www.postgresql.org/docs/current/protocol-message-formats.html).
 */
export class WireMessages {
  readonly #onMessage: (type: string, body: Buffer) => void;
  #rest: Buffer = Buffer.alloc(0);
  #hasLetters: boolean;

  constructor(from: 'client' | 'server', onMessage: (type: string, body: Buffer) => void) {
    this.#hasLetters = from === 'server';
    this.#onMessage = onMessage;
  }

  push(chunk: Buffer): void {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    while (this.#cut());
  }

  #cut(): boolean {
    const start = this.#hasLetters ? 1 : 0;
    if (this.#rest.length < start + 4) return false;
    const end = start + this.#rest.readInt32BE(start);
    if (this.#rest.length < end) return false;
    if (this.#hasLetters)
      this.#onMessage(String.fromCharCode(this.#rest[0] ?? 0), this.#rest.subarray(5, end));
    this.#hasLetters = true;
    this.#rest = this.#rest.subarray(end);
    return true;
  }
}
