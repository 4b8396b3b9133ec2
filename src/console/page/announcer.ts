import { Watched } from '../../page/browser/watched.ts';

/**
 * What is said to those who hear the page, one sentence at a time: that an answer has begun, or is complete. Never a piece of text
 * as it comes.
 */
class Announcer extends Watched<string> {
  say(sentence: string): void {
    // The same words twice would be no change, and nothing would be said.
    this.set(sentence === this.read() ? `${sentence}\u200b` : sentence);
  }
}

export const announcer = new Announcer('');
