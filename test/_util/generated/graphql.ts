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

export type ApprovalKind =
  /** It has not been made. */
  | 'CALL'
  /** It may have been made, and is made again if that is approved. */
  | 'OUTCOME';

export type AuditOutcome =
  /** A mutation whose scopes were met: stored before it began. It succeeded, unless another event of the same `correlationId` says otherwise. */
  | 'ALLOWED'
  /** UNAUTHENTICATED, FORBIDDEN, or NOT_FOUND, which stands for foreign things as for missing ones. */
  | 'DENIED'
  /** So many events (`count`) could not be kept while the database was away. */
  | 'DROPPED'
  /** A mutation that ended in another error. */
  | 'FAILED';

export type CreateSessionInput = {
  agentId: string;
  /** At most 200 characters. */
  name?: string | null | undefined;
};

export type MessageRole =
  | 'ASSISTANT'
  | 'TOOL'
  | 'USER';

export type OnBusy =
  /** It waits for its turn. */
  | 'ENQUEUE'
  /** It is refused: CONFLICT. */
  | 'REJECT';

/** Which tokens: exactly one of `tokenId`, `userId` and `all: true`. */
export type RevokeTokensInput = {
  /** Tokens of everybody. */
  all?: boolean;
  /** With `tokenId`: the token's `exp`. A day later the revocation is forgotten; left out: it is kept for good. */
  expiresAt?: string | null | undefined;
  /**
   * With `userId` and `all`: those that were issued (`iat`) up to this instant, in the same second included, and those that do not say when;
   * left out: up to now. At most a minute ahead, for issuers whose clocks are.
   */
  issuedBefore?: string | null | undefined;
  /** The token with this `jti`, whosever it is. 1 to 255 characters. */
  tokenId?: string | null | undefined;
  /** Tokens of this user (`sub`). */
  userId?: string | null | undefined;
};

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

export type RunAgentMutationVariables = Exact<{
  input: RunAgentInput;
}>;


export type RunAgentMutation = { runAgent: { id: string, agentId: string, sessionId: string, userId: string, status: RunStatus, input: string, output: string | null, attempt: number, lastSeq: number, replayed: boolean, createdAt: string, startedAt: string | null, finishedAt: string | null, error: { code: string, message: string } | null, toolCalls: Array<{ id: string, name: string, arguments: unknown, result: unknown, error: string | null, status: ToolCallStatus, startedAt: string | null, finishedAt: string | null }>, metrics: { inputTokens: number, outputTokens: number, totalTokens: number, modelCalls: number, toolCalls: number, timeToFirstTokenMs: number | null, durationMs: number | null } } | null };

export type RunQueryVariables = Exact<{
  id: string;
}>;


export type RunQuery = { run: { id: string, agentId: string, sessionId: string, userId: string, status: RunStatus, input: string, output: string | null, attempt: number, lastSeq: number, replayed: boolean, createdAt: string, startedAt: string | null, finishedAt: string | null, error: { code: string, message: string } | null, toolCalls: Array<{ id: string, name: string, arguments: unknown, result: unknown, error: string | null, status: ToolCallStatus, startedAt: string | null, finishedAt: string | null }>, metrics: { inputTokens: number, outputTokens: number, totalTokens: number, modelCalls: number, toolCalls: number, timeToFirstTokenMs: number | null, durationMs: number | null } } | null };

export type CancelRunMutationVariables = Exact<{
  runId: string;
}>;


export type CancelRunMutation = { cancelRun: { id: string, agentId: string, sessionId: string, userId: string, status: RunStatus, input: string, output: string | null, attempt: number, lastSeq: number, replayed: boolean, createdAt: string, startedAt: string | null, finishedAt: string | null, error: { code: string, message: string } | null, toolCalls: Array<{ id: string, name: string, arguments: unknown, result: unknown, error: string | null, status: ToolCallStatus, startedAt: string | null, finishedAt: string | null }>, metrics: { inputTokens: number, outputTokens: number, totalTokens: number, modelCalls: number, toolCalls: number, timeToFirstTokenMs: number | null, durationMs: number | null } } | null };

export type RunPartsFragment = { id: string, agentId: string, sessionId: string, userId: string, status: RunStatus, input: string, output: string | null, attempt: number, lastSeq: number, replayed: boolean, createdAt: string, startedAt: string | null, finishedAt: string | null, error: { code: string, message: string } | null, toolCalls: Array<{ id: string, name: string, arguments: unknown, result: unknown, error: string | null, status: ToolCallStatus, startedAt: string | null, finishedAt: string | null }>, metrics: { inputTokens: number, outputTokens: number, totalTokens: number, modelCalls: number, toolCalls: number, timeToFirstTokenMs: number | null, durationMs: number | null } };

export type RunEventsSubscriptionVariables = Exact<{
  runId: string;
  after?: number;
}>;


export type RunEventsSubscription = { runEvents:
    | { __typename: 'ApprovalRequested', runId: string, seq: number, at: string, toolCall: { id: string, name: string, arguments: unknown, result: unknown, error: string | null, status: ToolCallStatus } }
    | { __typename: 'ApprovalResolved', approved: boolean, runId: string, seq: number, at: string, toolCall: { id: string, name: string, arguments: unknown, result: unknown, error: string | null, status: ToolCallStatus } }
    | { __typename: 'MessageSuperseded', messageId: string, runId: string, seq: number, at: string }
    | { __typename: 'ReasoningDelta', messageId: string, delta: string, runId: string, seq: number, at: string }
    | { __typename: 'RunFinished', runId: string, seq: number, at: string, run: { id: string, agentId: string, sessionId: string, userId: string, status: RunStatus, input: string, output: string | null, attempt: number, lastSeq: number, replayed: boolean, createdAt: string, startedAt: string | null, finishedAt: string | null, error: { code: string, message: string } | null, toolCalls: Array<{ id: string, name: string, arguments: unknown, result: unknown, error: string | null, status: ToolCallStatus, startedAt: string | null, finishedAt: string | null }>, metrics: { inputTokens: number, outputTokens: number, totalTokens: number, modelCalls: number, toolCalls: number, timeToFirstTokenMs: number | null, durationMs: number | null } } }
    | { __typename: 'RunStarted', attempt: number, model: string, runId: string, seq: number, at: string }
    | { __typename: 'TextDelta', messageId: string, delta: string, runId: string, seq: number, at: string }
    | { __typename: 'ToolCallFinished', runId: string, seq: number, at: string, toolCall: { id: string, name: string, arguments: unknown, result: unknown, error: string | null, status: ToolCallStatus } }
    | { __typename: 'ToolCallStarted', runId: string, seq: number, at: string, toolCall: { id: string, name: string, arguments: unknown, result: unknown, error: string | null, status: ToolCallStatus } }
   };

export type ToolCallPartsFragment = { id: string, name: string, arguments: unknown, result: unknown, error: string | null, status: ToolCallStatus };

export type CreateSessionMutationVariables = Exact<{
  input: CreateSessionInput;
}>;


export type CreateSessionMutation = { createSession: { id: string, name: string | null, agentId: string, userId: string, createdAt: string, updatedAt: string } | null };

export type MessagesQueryVariables = Exact<{
  id: string;
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}>;


export type MessagesQuery = { session: { messages: { edges: Array<{ cursor: string, node: { id: string, role: MessageRole, content: string, runId: string } }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } } | null } | null };

export type RevokeTokensMutationVariables = Exact<{
  input: RevokeTokensInput;
}>;


export type RevokeTokensMutation = { revokeTokens: { tokenId: string | null, userId: string | null, all: boolean, issuedBefore: string | null, cancelledRuns: number } | null };

export type ContinueRunMutationVariables = Exact<{
  runId: string;
  decisions: Array<ApprovalDecision> | ApprovalDecision;
}>;


export type ContinueRunMutation = { continueRun: { id: string, agentId: string, sessionId: string, userId: string, status: RunStatus, input: string, output: string | null, attempt: number, lastSeq: number, replayed: boolean, createdAt: string, startedAt: string | null, finishedAt: string | null, error: { code: string, message: string } | null, toolCalls: Array<{ id: string, name: string, arguments: unknown, result: unknown, error: string | null, status: ToolCallStatus, startedAt: string | null, finishedAt: string | null }>, metrics: { inputTokens: number, outputTokens: number, totalTokens: number, modelCalls: number, toolCalls: number, timeToFirstTokenMs: number | null, durationMs: number | null } } | null };

export type ApprovalsQueryVariables = Exact<{
  agentId?: string | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type ApprovalsQuery = { approvals: { edges: Array<{ cursor: string, node: { id: string, runId: string, agentId: string, userId: string, toolCallId: string, name: string, arguments: unknown, kind: ApprovalKind, requestedBy: string, requestedAt: string, expiresAt: string, requiresOtherApprover: boolean } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } | null };

export type PendingQueryVariables = Exact<{
  id: string;
}>;


export type PendingQuery = { run: { status: RunStatus, pendingApprovals: Array<{ id: string, name: string, arguments: unknown, result: unknown, error: string | null, status: ToolCallStatus }> } | null };

export type DeletePausedSessionMutationVariables = Exact<{
  id: string;
}>;


export type DeletePausedSessionMutation = { deleteSession: string | null };

export type AuditQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  userId?: string | null | undefined;
  outcome?: AuditOutcome | null | undefined;
  field?: string | null | undefined;
  since?: string | null | undefined;
  until?: string | null | undefined;
}>;


export type AuditQuery = { audit: { edges: Array<{ cursor: string, node: { id: string, at: string, firstAt: string, count: number, outcome: AuditOutcome, code: string | null, reason: string | null, userId: string | null, field: string | null, path: Array<string>, operationName: string | null, transport: string | null, requiredScopes: Array<Array<string>>, grantedScopes: Array<string>, correlationId: string | null, nodeId: string, ids: Array<{ name: string, value: string }> } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } | null };

export type AgentsQueryVariables = Exact<{ [key: string]: never; }>;


export type AgentsQuery = { agents: Array<{ id: string, canRun: boolean }> | null };

export type ConfigQueryVariables = Exact<{ [key: string]: never; }>;


export type ConfigQuery = { config: { id: string, name: string, version: string, database: string, models: Array<string>, scopes: Array<string>, agents: Array<{ id: string }> | null } | null };

export type ViewerQueryVariables = Exact<{ [key: string]: never; }>;


export type ViewerQuery = { viewer: { id: string, scopes: Array<string>, unknownScopes: Array<string>, isAdmin: boolean, expiresAt: string, run: boolean, runOther: boolean, malformed: boolean } | null };

export type EraseUserMutationVariables = Exact<{
  userId: string;
}>;


export type EraseUserMutation = { eraseUser: { userId: string, deletedSessions: number, anonymizedRuns: number, isComplete: boolean } | null };

export type RunsQueryVariables = Exact<{
  agentId?: string | null | undefined;
  userId?: string | null | undefined;
  status?: Array<RunStatus> | RunStatus | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type RunsQuery = { runs: { edges: Array<{ node: { id: string } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } | null };

export type RenameSessionMutationVariables = Exact<{
  id: string;
  name: string;
}>;


export type RenameSessionMutation = { renameSession: { id: string, name: string | null } | null };

export type DeleteSessionMutationVariables = Exact<{
  id: string;
}>;


export type DeleteSessionMutation = { deleteSession: string | null };

export type SessionsQueryVariables = Exact<{
  agentId?: string | null | undefined;
  userId?: string | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type SessionsQuery = { sessions: { edges: Array<{ cursor: string, node: { id: string, name: string | null, userId: string, agent: { id: string } | null } }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } } | null };

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
export const RunPartsFragmentDoc = new TypedDocumentString(`
    fragment RunParts on Run {
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
    id
    name
    arguments
    result
    error
    status
    startedAt
    finishedAt
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
    `, {"fragmentName":"RunParts"}) as unknown as TypedDocumentString<RunPartsFragment, unknown>;
export const ToolCallPartsFragmentDoc = new TypedDocumentString(`
    fragment ToolCallParts on ToolCall {
  id
  name
  arguments
  result
  error
  status
}
    `, {"fragmentName":"ToolCallParts"}) as unknown as TypedDocumentString<ToolCallPartsFragment, unknown>;
export const RunAgentDocument = new TypedDocumentString(`
    mutation RunAgent($input: RunAgentInput!) {
  runAgent(input: $input) {
    ...RunParts
  }
}
    fragment RunParts on Run {
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
    id
    name
    arguments
    result
    error
    status
    startedAt
    finishedAt
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
}`) as unknown as TypedDocumentString<RunAgentMutation, RunAgentMutationVariables>;
export const RunDocument = new TypedDocumentString(`
    query Run($id: ID!) {
  run(id: $id) {
    ...RunParts
  }
}
    fragment RunParts on Run {
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
    id
    name
    arguments
    result
    error
    status
    startedAt
    finishedAt
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
}`) as unknown as TypedDocumentString<RunQuery, RunQueryVariables>;
export const CancelRunDocument = new TypedDocumentString(`
    mutation CancelRun($runId: ID!) {
  cancelRun(runId: $runId) {
    ...RunParts
  }
}
    fragment RunParts on Run {
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
    id
    name
    arguments
    result
    error
    status
    startedAt
    finishedAt
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
}`) as unknown as TypedDocumentString<CancelRunMutation, CancelRunMutationVariables>;
export const RunEventsDocument = new TypedDocumentString(`
    subscription RunEvents($runId: ID!, $after: Int! = 0) {
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
        ...ToolCallParts
      }
    }
    ... on ToolCallFinished {
      toolCall {
        ...ToolCallParts
      }
    }
    ... on ApprovalRequested {
      toolCall {
        ...ToolCallParts
      }
    }
    ... on ApprovalResolved {
      approved
      toolCall {
        ...ToolCallParts
      }
    }
    ... on MessageSuperseded {
      messageId
    }
    ... on RunFinished {
      run {
        ...RunParts
      }
    }
  }
}
    fragment RunParts on Run {
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
    id
    name
    arguments
    result
    error
    status
    startedAt
    finishedAt
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
fragment ToolCallParts on ToolCall {
  id
  name
  arguments
  result
  error
  status
}`) as unknown as TypedDocumentString<RunEventsSubscription, RunEventsSubscriptionVariables>;
export const CreateSessionDocument = new TypedDocumentString(`
    mutation CreateSession($input: CreateSessionInput!) {
  createSession(input: $input) {
    id
    name
    agentId
    userId
    createdAt
    updatedAt
  }
}
    `) as unknown as TypedDocumentString<CreateSessionMutation, CreateSessionMutationVariables>;
export const MessagesDocument = new TypedDocumentString(`
    query Messages($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {
  session(id: $id) {
    messages(first: $first, after: $after, last: $last, before: $before) {
      edges {
        cursor
        node {
          id
          role
          content
          runId
        }
      }
      pageInfo {
        hasNextPage
        hasPreviousPage
        startCursor
        endCursor
      }
    }
  }
}
    `) as unknown as TypedDocumentString<MessagesQuery, MessagesQueryVariables>;
export const RevokeTokensDocument = new TypedDocumentString(`
    mutation RevokeTokens($input: RevokeTokensInput!) {
  revokeTokens(input: $input) {
    tokenId
    userId
    all
    issuedBefore
    cancelledRuns
  }
}
    `) as unknown as TypedDocumentString<RevokeTokensMutation, RevokeTokensMutationVariables>;
export const ContinueRunDocument = new TypedDocumentString(`
    mutation ContinueRun($runId: ID!, $decisions: [ApprovalDecision!]!) {
  continueRun(runId: $runId, decisions: $decisions) {
    ...RunParts
  }
}
    fragment RunParts on Run {
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
    id
    name
    arguments
    result
    error
    status
    startedAt
    finishedAt
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
}`) as unknown as TypedDocumentString<ContinueRunMutation, ContinueRunMutationVariables>;
export const ApprovalsDocument = new TypedDocumentString(`
    query Approvals($agentId: ID, $first: Int = 20, $after: String) {
  approvals(agentId: $agentId, first: $first, after: $after) {
    edges {
      cursor
      node {
        id
        runId
        agentId
        userId
        toolCallId
        name
        arguments
        kind
        requestedBy
        requestedAt
        expiresAt
        requiresOtherApprover
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    `) as unknown as TypedDocumentString<ApprovalsQuery, ApprovalsQueryVariables>;
export const PendingDocument = new TypedDocumentString(`
    query Pending($id: ID!) {
  run(id: $id) {
    status
    pendingApprovals {
      ...ToolCallParts
    }
  }
}
    fragment ToolCallParts on ToolCall {
  id
  name
  arguments
  result
  error
  status
}`) as unknown as TypedDocumentString<PendingQuery, PendingQueryVariables>;
export const DeletePausedSessionDocument = new TypedDocumentString(`
    mutation DeletePausedSession($id: ID!) {
  deleteSession(id: $id)
}
    `) as unknown as TypedDocumentString<DeletePausedSessionMutation, DeletePausedSessionMutationVariables>;
export const AuditDocument = new TypedDocumentString(`
    query Audit($first: Int = 100, $after: String, $userId: ID, $outcome: AuditOutcome, $field: String, $since: DateTime, $until: DateTime) {
  audit(
    first: $first
    after: $after
    userId: $userId
    outcome: $outcome
    field: $field
    since: $since
    until: $until
  ) {
    edges {
      cursor
      node {
        id
        at
        firstAt
        count
        outcome
        code
        reason
        userId
        field
        path
        operationName
        transport
        ids {
          name
          value
        }
        requiredScopes
        grantedScopes
        correlationId
        nodeId
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    `) as unknown as TypedDocumentString<AuditQuery, AuditQueryVariables>;
export const AgentsDocument = new TypedDocumentString(`
    query Agents {
  agents {
    id
    canRun
  }
}
    `) as unknown as TypedDocumentString<AgentsQuery, AgentsQueryVariables>;
export const ConfigDocument = new TypedDocumentString(`
    query Config {
  config {
    id
    name
    version
    database
    models
    scopes
    agents {
      id
    }
  }
}
    `) as unknown as TypedDocumentString<ConfigQuery, ConfigQueryVariables>;
export const ViewerDocument = new TypedDocumentString(`
    query Viewer {
  viewer {
    id
    scopes
    unknownScopes
    isAdmin
    expiresAt
    run: can(scope: "agents:web-search-agent:run")
    runOther: can(scope: "agents:analyst-agent:run")
    malformed: can(scope: "agents")
  }
}
    `) as unknown as TypedDocumentString<ViewerQuery, ViewerQueryVariables>;
export const EraseUserDocument = new TypedDocumentString(`
    mutation EraseUser($userId: ID!) {
  eraseUser(userId: $userId) {
    userId
    deletedSessions
    anonymizedRuns
    isComplete
  }
}
    `) as unknown as TypedDocumentString<EraseUserMutation, EraseUserMutationVariables>;
export const RunsDocument = new TypedDocumentString(`
    query Runs($agentId: ID, $userId: ID, $status: [RunStatus!], $first: Int, $after: String) {
  runs(
    agentId: $agentId
    userId: $userId
    status: $status
    first: $first
    after: $after
  ) {
    edges {
      node {
        id
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    `) as unknown as TypedDocumentString<RunsQuery, RunsQueryVariables>;
export const RenameSessionDocument = new TypedDocumentString(`
    mutation RenameSession($id: ID!, $name: String!) {
  renameSession(id: $id, name: $name) {
    id
    name
  }
}
    `) as unknown as TypedDocumentString<RenameSessionMutation, RenameSessionMutationVariables>;
export const DeleteSessionDocument = new TypedDocumentString(`
    mutation DeleteSession($id: ID!) {
  deleteSession(id: $id)
}
    `) as unknown as TypedDocumentString<DeleteSessionMutation, DeleteSessionMutationVariables>;
export const SessionsDocument = new TypedDocumentString(`
    query Sessions($agentId: ID, $userId: ID, $first: Int, $after: String) {
  sessions(agentId: $agentId, userId: $userId, first: $first, after: $after) {
    edges {
      cursor
      node {
        id
        name
        userId
        agent {
          id
        }
      }
    }
    pageInfo {
      hasNextPage
      hasPreviousPage
      startCursor
      endCursor
    }
  }
}
    `) as unknown as TypedDocumentString<SessionsQuery, SessionsQueryVariables>;