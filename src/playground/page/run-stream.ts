import { Watched } from '../../page/browser/watched.ts';
import type { GraphqlAnswer } from './graphql-answer.ts';

/** What the subscription in the editor has brought so far. */
export interface StreamState {
  readonly phase: 'idle' | 'live' | 'ended' | 'stopped' | 'failed';
  readonly eventCount: number;
  /** The `seq` of the last event; 0 before the first. */
  readonly lastSeq: number;
  /** All `TextDelta`s so far. */
  readonly text: string;
  /** How the run ended; `null` as long as that is not known. */
  readonly runStatus: string | null;
}

const IDLE: StreamState = { phase: 'idle', eventCount: 0, lastSeq: 0, text: '', runStatus: null };

interface RunEvent {
  readonly __typename?: string;
  readonly seq?: number;
  readonly delta?: string;
  readonly run?: { readonly status?: string };
}

/** Puts the events of a subscription together: the editor shows one at a time. */
export class RunStream extends Watched<StreamState> {
  constructor() {
    super(IDLE);
  }

  start(): void {
    this.set({ ...IDLE, phase: 'live' });
  }

  add({ data }: GraphqlAnswer): void {
    const { text, lastSeq, runStatus, eventCount } = this.read();
    const event = (Object.values(data ?? {})[0] ?? {}) as RunEvent; // read with care below: any subscription may be asked
    const isText = event.__typename === undefined || event.__typename === 'TextDelta';
    this.set({
      phase: 'live',
      eventCount: eventCount + 1,
      lastSeq: event.seq ?? lastSeq,
      text: isText && typeof event.delta === 'string' ? text + event.delta : text,
      runStatus: event.run?.status ?? runStatus,
    });
  }

  /** The first end counts. */
  end(phase: 'ended' | 'stopped' | 'failed'): void {
    if (this.read().phase === 'live') this.set({ ...this.read(), phase });
  }
}
