import type { Client } from 'graphql-ws';

const EVENTS = `subscription Events($runId: ID!, $after: Int!) {
  runEvents(runId: $runId, after: $after) {
    __typename
    seq
    ... on TextDelta { delta }
    ... on ToolCallStarted { toolCall { name arguments } }
    ... on ToolCallFinished { toolCall { name status error } }
    ... on ApprovalRequested { toolCall { id name arguments } }
    ... on ApprovalResolved { toolCall { name status } approved }
    ... on MessageSuperseded { messageId }
    ... on RunFinished { run { status error { code message } } }
  }
}`;

interface WatchedToolCall {
  readonly id?: string;
  readonly name: string;
  readonly arguments?: unknown;
  readonly status?: string;
  readonly error?: string | null;
}

export interface WatchedEvent {
  readonly __typename: string;
  readonly seq: number;
  readonly delta?: string;
  readonly toolCall?: WatchedToolCall;
  readonly approved?: boolean;
  readonly run?: {
    readonly status: string;
    readonly error: { readonly code: string; readonly message: string } | null;
  };
}

/**
 * The events of a run, each once, to the end. After a lost connection the socket asks again, and only for what has not come yet.
 * Throws what the socket does: a list of GraphQL errors, or the end of its patience.
 */
export async function* watchRun(
  socket: Client,
  runId: string,
): AsyncGenerator<WatchedEvent, void, undefined> {
  let lastSeq = 0;
  const variables = {
    runId,
    // Read whenever the operation is sent.
    get after() {
      return lastSeq;
    },
  };
  for await (const { data } of socket.iterate<{ runEvents: WatchedEvent }>({ query: EVENTS, variables })) {
    // What had come and was not read yet when the connection was lost comes again.
    if (!data || data.runEvents.seq <= lastSeq) continue;
    lastSeq = data.runEvents.seq;
    yield data.runEvents;
  }
}
