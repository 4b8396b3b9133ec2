import type { Screen } from './screen.ts';

/** What shells take for a program that Ctrl-C has ended: 128 and the number of SIGINT. */
export const INTERRUPTED = 130;

export interface InterruptionOptions {
  readonly screen: Screen;
  readonly runId: string;
  /** What the first one does. */
  readonly act: () => void;
}

/** Ctrl-C while a run is followed. The first acts, the second leaves at once, whatever becomes of that. Until `stop` is called. */
export class Interruption {
  readonly #options: InterruptionOptions;
  #hasCome = false;
  readonly #onSignal = (): void => this.#interrupt();

  constructor(options: InterruptionOptions) {
    this.#options = options;
    process.on('SIGINT', this.#onSignal);
  }

  get hasCome(): boolean {
    return this.#hasCome;
  }

  stop(): void {
    process.off('SIGINT', this.#onSignal);
  }

  #interrupt(): void {
    const { screen, runId, act } = this.#options;
    if (!this.#hasCome) {
      this.#hasCome = true;
      return act();
    }
    screen.note(`The run may go on. To end it: ambit runs cancel ${runId}`);
    process.exit(INTERRUPTED);
  }
}
