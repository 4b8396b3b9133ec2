/** Made when the model is asked. Tells how long the tokens of the stamped model were under way, from the pieces in which a client gets their text. */
export class StampedTokens {
  /** Milliseconds from the model's sending to the client, a token each. */
  readonly delays: number[] = [];
  #rest = '';
  readonly #askedAt = performance.now();
  #firstMs: number | null = null;

  /** Milliseconds from the asking to the first token; `null`: none has come. */
  get firstMs(): number | null {
    return this.#firstMs;
  }

  /** A token counts when its last character is there: a piece can end within one. */
  add(text: string): void {
    const tokens = `${this.#rest}${text}`.split(' ');
    this.#rest = tokens.pop() ?? '';
    if (tokens.length === 0) return;
    this.#firstMs ??= performance.now() - this.#askedAt;
    const now = Date.now();
    for (const token of tokens) this.delays.push(now - Number.parseInt(token, 10));
  }
}
