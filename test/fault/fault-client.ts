import { setTimeout as delay } from 'node:timers/promises';

import { startTestClient } from '../_util/test-client.ts';
import { type Reading, type SeenEvent } from './find-faults.ts';

export interface FaultClientOptions {
  readonly token: string;
  /** The address of some server that is up. */
  readonly pick: () => string;
  /** From 0 up to 1. */
  readonly random: () => number;
  /** Aborted when nothing is waited for any more. */
  readonly signal: AbortSignal;
}

interface Answer {
  readonly data?: Record<string, unknown> | null;
}

const RUN = 'mutation ($input: RunAgentInput!) { runAgent(input: $input) { id } }';
const REFUSE =
  'mutation ($runId: ID!, $decisions: [ApprovalDecision!]!) { continueRun(runId: $runId, decisions: $decisions) { id } }';
const OPEN = 'query ($id: ID!) { run(id: $id) { status pendingApprovals { id } } }';
const EVENTS = `subscription ($runId: ID!, $after: Int!) { runEvents(runId: $runId, after: $after) {
  type: __typename seq ... on TextDelta { messageId delta } ... on MessageSuperseded { messageId } } }`;

const TRY_MS = 3000;
const PAUSE_MS = 100;

/** Starts a run under an id of its own, at one server after the other until one says that it has it. */
export async function submit(options: FaultClientOptions, runId: string): Promise<void> {
  const input = { agentId: 'bot', message: 'go', runId, background: true };
  while (!options.signal.aborted) {
    const answer = await post(options, RUN, { input });
    if (answer?.data?.['runAgent']) return;
    await delay(PAUSE_MS);
  }
}

/** Refuses whatever the run asks for, until it has ended or nothing is waited for any more. */
export async function refuseAll(options: FaultClientOptions, runId: string): Promise<void> {
  while (!options.signal.aborted) {
    const answer = await post(options, OPEN, { id: runId });
    const run = answer?.data?.['run'] as { status: string; pendingApprovals: { id: string }[] } | undefined;
    if (run !== undefined && !['QUEUED', 'RUNNING', 'PAUSED'].includes(run.status)) return;
    if (run?.status === 'PAUSED') {
      const decisions = run.pendingApprovals.map(({ id }) => ({ toolCallId: id, approve: false }));
      await post(options, REFUSE, { runId, decisions });
    }
    await delay(5 * PAUSE_MS);
  }
}

/** Reads a run to its end, over sockets that are cut after a while, or break, each at some server. `reconnects` counts them. */
export async function readRun(
  options: FaultClientOptions,
  runId: string,
): Promise<Reading & { readonly reconnects: number }> {
  const events: SeenEvent[] = [];
  let reconnects = -1;
  while (!options.signal.aborted && events.at(-1)?.type !== 'RunFinished') {
    reconnects += 1;
    await readSome(options, runId, events).catch(() => undefined);
    await delay(PAUSE_MS * options.random());
  }
  return { runId, events, reconnects };
}

async function readSome(options: FaultClientOptions, runId: string, events: SeenEvent[]): Promise<void> {
  const client = startTestClient(options.pick(), options.token);
  const cut = setTimeout(() => client.socket.terminate(), 300 + 1500 * options.random());
  try {
    const variables = { runId, after: events.at(-1)?.seq ?? 0 };
    for await (const { data } of client.subscribe<{ runEvents: SeenEvent }, object>(EVENTS, variables)) {
      if (!data) continue;
      const { seq, type, messageId = null, delta = null } = data.runEvents;
      events.push({ seq, type, messageId, delta });
    }
  } finally {
    clearTimeout(cut);
    // The end of a socket to a server that is frozen is not waited for.
    void client.socket.dispose();
  }
}

/** `null`: no server answered in time. */
async function post(
  { pick, token }: FaultClientOptions,
  query: string,
  variables: object,
): Promise<Answer | null> {
  try {
    const response = await fetch(`${pick()}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query, variables }),
      signal: AbortSignal.timeout(TRY_MS),
    });
    return (await response.json()) as Answer;
  } catch {
    return null;
  }
}
