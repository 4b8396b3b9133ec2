/** Tells how long the tokens of the stamped model were under way, from the pieces in which a client gets their text. */
export class StampedTokens {
  /** Milliseconds from the model's sending to the client, a token each. */
  readonly delays: number[] = [];
  #rest = '';

  /** A token counts when its last character is there: a piece can end within one. */
  add(text: string): void {
    const tokens = `${this.#rest}${text}`.split(' ');
    this.#rest = tokens.pop() ?? '';
    if (tokens.length === 0) return;
    const now = Date.now();
    for (const token of tokens) this.delays.push(now - Number.parseInt(token, 10));
  }
}
