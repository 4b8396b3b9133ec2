import { type TestClient } from '../_util/test-client.ts';
import { startRun } from './bench-cluster.ts';
import { StampedTokens } from './stamped-tokens.ts';

/** What the stamped model is to answer. */
export interface StampedAnswer {
  readonly tokens: number;
  /** 0: as fast as they are taken. */
  readonly intervalMs: number;
  /** Characters that each token is longer by. */
  readonly padding: number;
}

/** What one subscriber saw of one run of the stamped model. */
export interface StampedStream {
  /** As `StampedTokens` says. */
  readonly delays: number[];
  /** Sequence numbers that were not one more than the one before. */
  gaps: number;
  /** Whether RunFinished came, as the last. */
  finished: boolean;
}

/** As `STAMPED_EVENTS` asks for it. */
export interface SeenEvent {
  readonly type: string;
  readonly seq: number;
  readonly delta?: string;
}

export const STAMPED_EVENTS =
  'subscription ($runId: ID!) { runEvents(runId: $runId) { type: __typename seq ... on TextDelta { delta } } }';

/** Starts a run that is answered so; its id. */
export async function startStamped(client: TestClient, answer: StampedAnswer): Promise<string> {
  return await startRun(client, JSON.stringify(answer));
}

/** Reads the run to its end. */
export async function readStamped(client: TestClient, runId: string): Promise<StampedStream> {
  const tokens = new StampedTokens();
  const stream: StampedStream = { delays: tokens.delays, gaps: 0, finished: false };
  let seq = 0;
  const events = client.subscribe<{ runEvents: SeenEvent }, object>(STAMPED_EVENTS, { runId });
  for await (const { data, errors } of events) {
    if (!data) throw new Error(`The subscription was refused: ${JSON.stringify(errors)}`);
    const event = data.runEvents;
    if (event.seq !== seq + 1) stream.gaps += 1;
    seq = event.seq;
    stream.finished = event.type === 'RunFinished';
    tokens.add(event.delta ?? '');
  }
  return stream;
}
