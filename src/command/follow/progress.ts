import type { AmbitRunEvent } from '../../client.ts';

/** As for models that tell no usage. */
const CHARACTERS_PER_TOKEN = 4;

/** How far a run is, as its events tell, in a line. */
export class Progress {
  readonly #agentId: string;
  readonly #now: () => number;
  readonly #startedAt: number;
  #state = 'starting';
  #characters = 0;
  #tools = 0;

  /** `now`: milliseconds of some clock. Default: the system's. */
  constructor(agentId: string, now: () => number = () => performance.now()) {
    this.#agentId = agentId;
    this.#now = now;
    this.#startedAt = now();
  }

  /** The server has stored the run. */
  accept(): void {
    if (this.#state === 'starting') this.#state = 'queued';
  }

  /** The server is asked again and again, until something comes. */
  lose(): void {
    this.#state = 'connection lost, trying again';
  }

  apply(event: AmbitRunEvent): void {
    switch (event.__typename) {
      case 'RunStarted':
      case 'ToolCallFinished':
      case 'ApprovalResolved':
      case 'MessageSuperseded':
        this.#state = 'thinking';
        return;
      case 'TextDelta':
        this.#state = 'answering';
        this.#characters += event.delta.length;
        return;
      case 'ReasoningDelta':
        this.#state = 'reasoning';
        this.#characters += event.delta.length;
        return;
      case 'ToolCallStarted':
        this.#state = `calling ${event.toolCall.name}`;
        this.#tools += 1;
        return;
      case 'ApprovalRequested':
        this.#state = 'waiting for an approval';
        return;
      case 'EventsReset':
      case 'RunFinished':
        return;
      default:
        event satisfies never;
    }
  }

  describe(): string {
    const seconds = Math.floor((this.#now() - this.#startedAt) / 1000);
    const tokens = Math.ceil(this.#characters / CHARACTERS_PER_TOKEN);
    return [
      `${this.#agentId}: ${this.#state}`,
      `${seconds} s`,
      ...(tokens === 0 ? [] : [`about ${tokens} tokens`]),
      ...(this.#tools === 0 ? [] : [`tools: ${this.#tools}`]),
    ].join(' · ');
  }
}
