/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
export type ApprovalDecision = {
  /**
   * true: the call is made, with the arguments as they are. false: it is not, and the model is told so. On a call that is UNKNOWN, true makes
   * it again under the same idempotency key, and false leaves it UNKNOWN.
   */
  approve: boolean;
  /** Kept with the decision; of a refusal, told to the model. At most 2,000 characters. */
  note?: string | null | undefined;
  toolCallId: string;
};

export type OnBusy =
  /** It waits for its turn. */
  | 'ENQUEUE'
  /** It is refused: CONFLICT. */
  | 'REJECT';

export type RunAgentInput = {
  agentId: string;
  /** true: answer as soon as the run is stored. false: answer when it ends or pauses, or after `waitSeconds` with the run as it is. */
  background?: boolean;
  /**
   * 1 to 255 characters of the caller's choosing. The same key with the same input by the same caller answers the same run
   * with `replayed: true`, as long as that run is kept; with other input: CONFLICT.
   */
  idempotencyKey?: string | null | undefined;
  /** What the user says. Not empty; at most 200,000 characters. */
  message: string;
  /** What becomes of the run when its session has one that has not ended. */
  onBusy?: OnBusy;
  /**
   * A UUID of the caller's choosing (version 7 keeps `runs` in order). The same id with the same input by the same caller
   * answers the same run with `replayed: true`; otherwise CONFLICT.
   */
  runId?: string | null | undefined;
  /** Left out: a new session. Of another agent or another user than `userId`: CONFLICT. Foreign or unknown: NOT_FOUND. */
  sessionId?: string | null | undefined;
  /**
   * Whose the run is: a new session is made for that user, and the run keeps who started it. Left out: the owner of the
   * session, in a new one the caller. The caller's own id needs no scope.
   */
  userId?: string | null | undefined;
  /** 1 to 280. */
  waitSeconds?: number;
};

export type RunStatus =
  | 'CANCELLED'
  | 'COMPLETED'
  /** A limit of the run ended it; `error` says which. */
  | 'EXPIRED'
  | 'FAILED'
  /** Waits for an approval. */
  | 'PAUSED'
  /** Waits for its turn. */
  | 'QUEUED'
  | 'RUNNING';

export type ToolCallStatus =
  | 'CANCELLED'
  | 'COMPLETED'
  | 'FAILED'
  /** Not made yet: a decision is missing, or the run has not gone on since. */
  | 'PENDING_APPROVAL'
  /** Refused, by somebody or because nobody decided in time. */
  | 'REJECTED'
  | 'RUNNING'
  /** It may have happened: it was broken off. */
  | 'UNKNOWN';

export type StartRunMutationVariables = Exact<{
  input: RunAgentInput;
}>;


export type StartRunMutation = { runAgent: { id: string, agentId: string, sessionId: string, userId: string, status: RunStatus, input: string, output: string | null, attempt: number, lastSeq: number, replayed: boolean, createdAt: string, startedAt: string | null, finishedAt: string | null, error: { code: string, message: string } | null, toolCalls: Array<{ id: string, name: string, arguments: unknown, result: unknown, error: string | null, status: ToolCallStatus, startedAt: string | null, finishedAt: string | null }>, metrics: { inputTokens: number, outputTokens: number, totalTokens: number, modelCalls: number, toolCalls: number, timeToFirstTokenMs: number | null, durationMs: number | null } } | null };

export type ReadRunQueryVariables = Exact<{
  id: string;
}>;


export type ReadRunQuery = { run: { id: string, agentId: string, sessionId: string, userId: string, status: RunStatus, input: string, output: string | null, attempt: number, lastSeq: number, replayed: boolean, createdAt: string, startedAt: string | null, finishedAt: string | null, error: { code: string, message: string } | null, toolCalls: Array<{ id: string, name: string, arguments: unknown, result: unknown, error: string | null, status: ToolCallStatus, startedAt: string | null, finishedAt: string | null }>, metrics: { inputTokens: number, outputTokens: number, totalTokens: number, modelCalls: number, toolCalls: number, timeToFirstTokenMs: number | null, durationMs: number | null } } | null };

export type CancelRunMutationVariables = Exact<{
  runId: string;
}>;


export type CancelRunMutation = { cancelRun: { id: string, agentId: string, sessionId: string, userId: string, status: RunStatus, input: string, output: string | null, attempt: number, lastSeq: number, replayed: boolean, createdAt: string, startedAt: string | null, finishedAt: string | null, error: { code: string, message: string } | null, toolCalls: Array<{ id: string, name: string, arguments: unknown, result: unknown, error: string | null, status: ToolCallStatus, startedAt: string | null, finishedAt: string | null }>, metrics: { inputTokens: number, outputTokens: number, totalTokens: number, modelCalls: number, toolCalls: number, timeToFirstTokenMs: number | null, durationMs: number | null } } | null };

export type DecideCallsMutationVariables = Exact<{
  runId: string;
  decisions: Array<ApprovalDecision> | ApprovalDecision;
}>;


export type DecideCallsMutation = { continueRun: { id: string, status: RunStatus } | null };

export type FollowRunSubscriptionVariables = Exact<{
  runId: string;
  after: number;
}>;


export type FollowRunSubscription = { runEvents:
    | { __typename: 'ApprovalRequested', runId: string, seq: number, at: string, toolCall: { id: string, name: string, arguments: unknown, result: unknown, error: string | null, status: ToolCallStatus, startedAt: string | null, finishedAt: string | null } }
    | { __typename: 'ApprovalResolved', approved: boolean, runId: string, seq: number, at: string, toolCall: { id: string, name: string, arguments: unknown, result: unknown, error: string | null, status: ToolCallStatus, startedAt: string | null, finishedAt: string | null } }
    | { __typename: 'MessageSuperseded', messageId: string, runId: string, seq: number, at: string }
    | { __typename: 'ReasoningDelta', messageId: string, delta: string, runId: string, seq: number, at: string }
    | { __typename: 'RunFinished', runId: string, seq: number, at: string, run: { id: string, agentId: string, sessionId: string, userId: string, status: RunStatus, input: string, output: string | null, attempt: number, lastSeq: number, replayed: boolean, createdAt: string, startedAt: string | null, finishedAt: string | null, error: { code: string, message: string } | null, toolCalls: Array<{ id: string, name: string, arguments: unknown, result: unknown, error: string | null, status: ToolCallStatus, startedAt: string | null, finishedAt: string | null }>, metrics: { inputTokens: number, outputTokens: number, totalTokens: number, modelCalls: number, toolCalls: number, timeToFirstTokenMs: number | null, durationMs: number | null } } }
    | { __typename: 'RunStarted', attempt: number, model: string, runId: string, seq: number, at: string }
    | { __typename: 'TextDelta', messageId: string, delta: string, runId: string, seq: number, at: string }
    | { __typename: 'ToolCallFinished', runId: string, seq: number, at: string, toolCall: { id: string, name: string, arguments: unknown, result: unknown, error: string | null, status: ToolCallStatus, startedAt: string | null, finishedAt: string | null } }
    | { __typename: 'ToolCallStarted', runId: string, seq: number, at: string, toolCall: { id: string, name: string, arguments: unknown, result: unknown, error: string | null, status: ToolCallStatus, startedAt: string | null, finishedAt: string | null } }
   };

export type ClientRunFragment = { id: string, agentId: string, sessionId: string, userId: string, status: RunStatus, input: string, output: string | null, attempt: number, lastSeq: number, replayed: boolean, createdAt: string, startedAt: string | null, finishedAt: string | null, error: { code: string, message: string } | null, toolCalls: Array<{ id: string, name: string, arguments: unknown, result: unknown, error: string | null, status: ToolCallStatus, startedAt: string | null, finishedAt: string | null }>, metrics: { inputTokens: number, outputTokens: number, totalTokens: number, modelCalls: number, toolCalls: number, timeToFirstTokenMs: number | null, durationMs: number | null } };

export type ClientToolCallFragment = { id: string, name: string, arguments: unknown, result: unknown, error: string | null, status: ToolCallStatus, startedAt: string | null, finishedAt: string | null };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}
export const ClientToolCallFragmentDoc = new TypedDocumentString(`
    fragment ClientToolCall on ToolCall {
  id
  name
  arguments
  result
  error
  status
  startedAt
  finishedAt
}
    `, {"fragmentName":"ClientToolCall"}) as unknown as TypedDocumentString<ClientToolCallFragment, unknown>;
export const ClientRunFragmentDoc = new TypedDocumentString(`
    fragment ClientRun on Run {
  id
  agentId
  sessionId
  userId
  status
  input
  output
  error {
    code
    message
  }
  toolCalls {
    ...ClientToolCall
  }
  metrics {
    inputTokens
    outputTokens
    totalTokens
    modelCalls
    toolCalls
    timeToFirstTokenMs
    durationMs
  }
  attempt
  lastSeq
  replayed
  createdAt
  startedAt
  finishedAt
}
    fragment ClientToolCall on ToolCall {
  id
  name
  arguments
  result
  error
  status
  startedAt
  finishedAt
}`, {"fragmentName":"ClientRun"}) as unknown as TypedDocumentString<ClientRunFragment, unknown>;
export const StartRunDocument = new TypedDocumentString(`
    mutation StartRun($input: RunAgentInput!) {
  runAgent(input: $input) {
    ...ClientRun
  }
}
    fragment ClientRun on Run {
  id
  agentId
  sessionId
  userId
  status
  input
  output
  error {
    code
    message
  }
  toolCalls {
    ...ClientToolCall
  }
  metrics {
    inputTokens
    outputTokens
    totalTokens
    modelCalls
    toolCalls
    timeToFirstTokenMs
    durationMs
  }
  attempt
  lastSeq
  replayed
  createdAt
  startedAt
  finishedAt
}
fragment ClientToolCall on ToolCall {
  id
  name
  arguments
  result
  error
  status
  startedAt
  finishedAt
}`) as unknown as TypedDocumentString<StartRunMutation, StartRunMutationVariables>;
export const ReadRunDocument = new TypedDocumentString(`
    query ReadRun($id: ID!) {
  run(id: $id) {
    ...ClientRun
  }
}
    fragment ClientRun on Run {
  id
  agentId
  sessionId
  userId
  status
  input
  output
  error {
    code
    message
  }
  toolCalls {
    ...ClientToolCall
  }
  metrics {
    inputTokens
    outputTokens
    totalTokens
    modelCalls
    toolCalls
    timeToFirstTokenMs
    durationMs
  }
  attempt
  lastSeq
  replayed
  createdAt
  startedAt
  finishedAt
}
fragment ClientToolCall on ToolCall {
  id
  name
  arguments
  result
  error
  status
  startedAt
  finishedAt
}`) as unknown as TypedDocumentString<ReadRunQuery, ReadRunQueryVariables>;
export const CancelRunDocument = new TypedDocumentString(`
    mutation CancelRun($runId: ID!) {
  cancelRun(runId: $runId) {
    ...ClientRun
  }
}
    fragment ClientRun on Run {
  id
  agentId
  sessionId
  userId
  status
  input
  output
  error {
    code
    message
  }
  toolCalls {
    ...ClientToolCall
  }
  metrics {
    inputTokens
    outputTokens
    totalTokens
    modelCalls
    toolCalls
    timeToFirstTokenMs
    durationMs
  }
  attempt
  lastSeq
  replayed
  createdAt
  startedAt
  finishedAt
}
fragment ClientToolCall on ToolCall {
  id
  name
  arguments
  result
  error
  status
  startedAt
  finishedAt
}`) as unknown as TypedDocumentString<CancelRunMutation, CancelRunMutationVariables>;
export const DecideCallsDocument = new TypedDocumentString(`
    mutation DecideCalls($runId: ID!, $decisions: [ApprovalDecision!]!) {
  continueRun(runId: $runId, decisions: $decisions) {
    id
    status
  }
}
    `) as unknown as TypedDocumentString<DecideCallsMutation, DecideCallsMutationVariables>;
export const FollowRunDocument = new TypedDocumentString(`
    subscription FollowRun($runId: ID!, $after: Int!) {
  runEvents(runId: $runId, after: $after) {
    __typename
    runId
    seq
    at
    ... on RunStarted {
      attempt
      model
    }
    ... on TextDelta {
      messageId
      delta
    }
    ... on ReasoningDelta {
      messageId
      delta
    }
    ... on ToolCallStarted {
      toolCall {
        ...ClientToolCall
      }
    }
    ... on ToolCallFinished {
      toolCall {
        ...ClientToolCall
      }
    }
    ... on ApprovalRequested {
      toolCall {
        ...ClientToolCall
      }
    }
    ... on ApprovalResolved {
      approved
      toolCall {
        ...ClientToolCall
      }
    }
    ... on MessageSuperseded {
      messageId
    }
    ... on RunFinished {
      run {
        ...ClientRun
      }
    }
  }
}
    fragment ClientRun on Run {
  id
  agentId
  sessionId
  userId
  status
  input
  output
  error {
    code
    message
  }
  toolCalls {
    ...ClientToolCall
  }
  metrics {
    inputTokens
    outputTokens
    totalTokens
    modelCalls
    toolCalls
    timeToFirstTokenMs
    durationMs
  }
  attempt
  lastSeq
  replayed
  createdAt
  startedAt
  finishedAt
}
fragment ClientToolCall on ToolCall {
  id
  name
  arguments
  result
  error
  status
  startedAt
  finishedAt
}`) as unknown as TypedDocumentString<FollowRunSubscription, FollowRunSubscriptionVariables>;