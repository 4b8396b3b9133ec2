import { setTimeout as delay } from 'node:timers/promises';

import { EventSocket, type EventSocketEnd, type SeenEvent } from '../_util/event-socket.ts';
import { VIEW_DOCUMENT } from './checker/check-views.ts';
import { type View } from './checker/evidence.ts';
import { type FaultCounts } from './fault-counts.ts';
import { type Random } from './random.ts';

export interface FaultReaderOptions {
  readonly name: string;
  readonly runId: string;
  readonly token: string;
  readonly urls: readonly string[];
  readonly after: number;
  readonly random: Random;
  readonly counts: FaultCounts;
  readonly onEvent: (event: SeenEvent) => void;
}

/** A node that says nothing for so long is given up: it may be frozen. */
const PATIENCE_MS = 5000;

/**
 * A subscriber who loses its connection now and then, at times reads slowly, and goes on after the last event it saw, on whichever
 * node. It ends when a server says that there is no more, when it is refused for good, or when it is told to.
 */
export class FaultReader {
  readonly done: Promise<void>;
  readonly #options: FaultReaderOptions;
  readonly #events: SeenEvent[] = [];
  #isComplete = false;
  #isStopped = false;
  #socket: EventSocket | null = null;
  /** Codes with which it was refused for good. */
  refusal: readonly string[] = [];

  constructor(options: FaultReaderOptions) {
    this.#options = options;
    this.done = this.#read();
  }

  get view(): View {
    const { name, after } = this.#options;
    return { name, after, events: this.#events, isComplete: this.#isComplete };
  }

  stop(): void {
    this.#isStopped = true;
    this.#socket?.cut();
  }

  async #read(): Promise<void> {
    const { random, counts } = this.#options;
    while (!this.#isStopped) {
      const end = await this.#connect();
      if (end.type === 'complete') {
        this.#isComplete = true;
        return;
      }
      if (end.type === 'refused' && !end.codes.every((code) => code === 'UNAVAILABLE')) {
        this.refusal = end.codes;
        return;
      }
      counts.reconnects += 1;
      await delay(random.integer(20, 300));
    }
  }

  /** One connection, to its end. */
  async #connect(): Promise<EventSocketEnd> {
    const { urls, token, runId, after, random } = this.#options;
    const socket = new EventSocket({
      url: random.pick(urls),
      token,
      document: VIEW_DOCUMENT,
      runId,
      after: this.#events.at(-1)?.seq ?? after,
      onEvent: (event) => this.#take(event),
    });
    this.#socket = socket;
    const timers = [setInterval(() => giveUpSilent(socket), 500)];
    if (random.chance(0.5)) timers.push(setTimeout(() => socket.cut(), random.integer(50, 4000)));
    if (random.chance(0.2)) timers.push(setTimeout(() => this.#stall(socket), random.integer(50, 2000)));
    const end = await socket.ended;
    for (const timer of timers) clearTimeout(timer);
    return end;
  }

  #take(event: SeenEvent): void {
    this.#events.push(event);
    this.#options.onEvent(event);
  }

  #stall(socket: EventSocket): void {
    const { random, counts } = this.#options;
    counts.stalls += 1;
    socket.stall();
    setTimeout(() => socket.readOn(), random.integer(200, 3000));
  }
}

function giveUpSilent(socket: EventSocket): void {
  if (performance.now() - socket.lastHeardAt > PATIENCE_MS) socket.cut();
}
