/**
 * What is said to those who hear the page, one sentence at a time: that an answer has begun, or is complete. Never a piece of text
 * as it comes. `subscribe` and `read` are what React's useSyncExternalStore takes.
 */
class Announcer {
  #sentence = '';
  readonly #listeners = new Set<() => void>();

  readonly read = (): string => this.#sentence;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  say(sentence: string): void {
    // The same words twice would be no change, and nothing would be said.
    this.#sentence = sentence === this.#sentence ? `${sentence}\u200b` : sentence;
    for (const listener of this.#listeners) listener();
  }
}

export const announcer = new Announcer();
