import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { Agent as AgentModel } from '../../agent/agent.ts';
import type { Tool as ToolModel } from '../../agent/tool.ts';
import type { Principal } from '../../scope/principal.ts';
import type { SessionRow } from '../../store/session.ts';
import type { RunModel } from '../run-model.ts';
import type { ToolCallModel } from '../tool-call-model.ts';
import type { OpenApprovalRow } from '../../store/open-approval.ts';
import type { AuditEventRow } from '../../store/audit-event.ts';
import type { MessageRow } from '../../store/message.ts';
import type { RevocationModel } from '../revocation-model.ts';
import type { ServerInfo } from '../server-info.ts';
import type { RunEvent as RunEventModel, RunStartedEvent, DeltaEvent, ToolCallEvent, ApprovalRequestedEvent, ApprovalResolvedEvent, MessageSupersededEvent, RunFinishedEvent } from '../../event/run-event.ts';
import type { RequestContext } from '../request-context.ts';
export type Maybe<T> = T | null;
export type InputMaybe<T> = Maybe<T>;
export type Omit<T, K extends keyof T> = Pick<T, Exclude<keyof T, K>>;
export type RequireFields<T, K extends keyof T> = Omit<T, K> & { [P in K]-?: NonNullable<T[P]> };
/** All built-in and custom scalars, mapped to their actual values */
export type Scalars = {
  ID: { input: string; output: string; }
  String: { input: string; output: string; }
  Boolean: { input: boolean; output: boolean; }
  Int: { input: number; output: number; }
  Float: { input: number; output: number; }
  /** An instant in RFC 3339: `2026-01-31T12:00:00.000Z`. Answered in UTC, with milliseconds; taken in any time zone. */
  DateTime: { input: Date; output: Date; }
  /** Any JSON value. */
  JSON: { input: unknown; output: unknown; }
};

export type AccessDecider =
  /** The token and the arguments. */
  | 'ARGUMENTS'
  /** The objects that execution finds. */
  | 'RUN_TIME'
  /** The token, whatever the arguments. */
  | 'TOKEN';

/** One place of the schema, and how far the caller's token comes to it. */
export type AccessMapEntry = {
  __typename?: 'AccessMapEntry';
  /** `Type.field`, `Type.field(argument:)`, `Input.field`, `Enum.VALUE`, or the name of an enum or a scalar. */
  coordinate: Scalars['String']['output'];
  /** Whether it needs no token. */
  isPublic: Scalars['Boolean']['output'];
  /** That of the worst requirement; NONE also where no way leads to the place. */
  reach: AccessReach;
  /** All of them must be met; none: any valid token. */
  requirements: Array<ScopeRequirement>;
};

export type AccessReach =
  /** Whatever the id. */
  | 'ALL'
  | 'NONE'
  /** For the ids that the token's scopes name, or for the own one. */
  | 'SOME';

export type AccessReport = {
  __typename?: 'AccessReport';
  /**
   * Whether it would be executed, were it sent now: a query or a subscription if one of its root fields is not DENIED, a mutation
   * if no field is.
   */
  admitted: Scalars['Boolean']['output'];
  /** In the order of the document; fields that ask for nothing are left out. */
  fields: Array<FieldAccess>;
  /** There were too many fields, or ways to them, and some were left out. */
  truncated: Scalars['Boolean']['output'];
};

export type AccessState =
  | 'ALLOWED'
  /** The field would answer FORBIDDEN. */
  | 'DENIED'
  /** Some scope of that kind is held. Whether it is the right one is decided for each object. */
  | 'OPEN';

export type Agent = {
  __typename?: 'Agent';
  /** Whether the caller may run it. */
  canRun: Scalars['Boolean']['output'];
  description: Maybe<Scalars['String']['output']>;
  id: Scalars['ID']['output'];
  instructions: Maybe<Scalars['String']['output']>;
  model: Scalars['String']['output'];
  name: Scalars['String']['output'];
  tools: Array<Tool>;
};

/** A tool call that waits for a decision. */
export type Approval = {
  __typename?: 'Approval';
  agentId: Scalars['ID']['output'];
  arguments: Scalars['JSON']['output'];
  /** From then on it counts as refused. */
  expiresAt: Scalars['DateTime']['output'];
  id: Scalars['ID']['output'];
  kind: ApprovalKind;
  /** Of the tool. */
  name: Scalars['String']['output'];
  requestedAt: Scalars['DateTime']['output'];
  /** Who started the run. */
  requestedBy: Scalars['ID']['output'];
  /** Whether who started the run may not approve. */
  requiresOtherApprover: Scalars['Boolean']['output'];
  runId: Scalars['ID']['output'];
  toolCallId: Scalars['ID']['output'];
  /** The owner of the session. */
  userId: Scalars['ID']['output'];
};

export type ApprovalConnection = {
  __typename?: 'ApprovalConnection';
  edges: Array<ApprovalEdge>;
  pageInfo: PageInfo;
};

export type ApprovalDecision = {
  /**
   * true: the call is made, with the arguments as they are. false: it is not, and the model is told so. On a call that is UNKNOWN, true makes
   * it again under the same idempotency key, and false leaves it UNKNOWN.
   */
  approve: Scalars['Boolean']['input'];
  /** Kept with the decision; of a refusal, told to the model. At most 2,000 characters. */
  note?: InputMaybe<Scalars['String']['input']>;
  toolCallId: Scalars['ID']['input'];
};

export type ApprovalEdge = {
  __typename?: 'ApprovalEdge';
  cursor: Scalars['String']['output'];
  node: Approval;
};

export type ApprovalKind =
  /** It has not been made. */
  | 'CALL'
  /** It may have been made, and is made again if that is approved. */
  | 'OUTCOME';

export type ApprovalRequested = RunEvent & {
  __typename?: 'ApprovalRequested';
  at: Scalars['DateTime']['output'];
  runId: Scalars['ID']['output'];
  seq: Scalars['Int']['output'];
  toolCall: ToolCall;
};

export type ApprovalResolved = RunEvent & {
  __typename?: 'ApprovalResolved';
  approved: Scalars['Boolean']['output'];
  at: Scalars['DateTime']['output'];
  runId: Scalars['ID']['output'];
  seq: Scalars['Int']['output'];
  toolCall: ToolCall;
};

export type AuditConnection = {
  __typename?: 'AuditConnection';
  edges: Array<AuditEdge>;
  pageInfo: PageInfo;
};

export type AuditEdge = {
  __typename?: 'AuditEdge';
  cursor: Scalars['String']['output'];
  node: AuditEvent;
};

/**
 * Something that was allowed, denied or failed. Denials that are alike are joined: `count` says how many there were from `firstAt` to `at`,
 * and the rest is of the first of them.
 */
export type AuditEvent = {
  __typename?: 'AuditEvent';
  at: Scalars['DateTime']['output'];
  /** As the caller was told it in `extensions.code`; null: ALLOWED. */
  code: Maybe<Scalars['String']['output']>;
  /** The same for all events of one operation; in `x-correlation-id`, in the log, and in INTERNAL_SERVER_ERROR. */
  correlationId: Maybe<Scalars['String']['output']>;
  count: Scalars['Int']['output'];
  /** `Mutation.runAgent`, `Agent.instructions`; null: it did not come to a field. */
  field: Maybe<Scalars['String']['output']>;
  firstAt: Scalars['DateTime']['output'];
  /** The granted scopes by which they were met; empty unless ALLOWED. */
  grantedScopes: Array<Scalars['String']['output']>;
  id: Scalars['ID']['output'];
  /** The arguments of the root field that are ids. What is neither a UUID nor known is shown as a fingerprint, `sha256:…`. */
  ids: Array<AuditId>;
  /** The server process. */
  nodeId: Scalars['String']['output'];
  operationName: Maybe<Scalars['String']['output']>;
  outcome: AuditOutcome;
  /** Response keys from the root, without list indexes. */
  path: Array<Scalars['String']['output']>;
  /** More about it, as why a token was refused. */
  reason: Maybe<Scalars['String']['output']>;
  /** The scopes that are required: of every list one. */
  requiredScopes: Array<Array<Scalars['String']['output']>>;
  /** `http`, `websocket`, or `sse` for server-sent events. */
  transport: Maybe<Scalars['String']['output']>;
  /** The token's `sub`; null: no token, or one that was refused. */
  userId: Maybe<Scalars['ID']['output']>;
};

export type AuditId = {
  __typename?: 'AuditId';
  /** Of the argument. */
  name: Scalars['String']['output'];
  value: Scalars['String']['output'];
};

export type AuditOutcome =
  /** A mutation whose scopes were met: stored before it began. It succeeded, unless another event of the same `correlationId` says otherwise. */
  | 'ALLOWED'
  /** UNAUTHENTICATED, FORBIDDEN, or NOT_FOUND, which stands for foreign things as for missing ones. */
  | 'DENIED'
  /** So many events (`count`) could not be kept while the database was away. */
  | 'DROPPED'
  /** A mutation that ended in another error. */
  | 'FAILED';

export type Config = {
  __typename?: 'Config';
  agents: Maybe<Array<Agent>>;
  /** `pglite` or `postgres`. */
  database: Scalars['String']['output'];
  id: Scalars['ID']['output'];
  /** The models that the agents use. */
  models: Array<Scalars['String']['output']>;
  name: Scalars['String']['output'];
  /** Every scope that some field or tool asks for, ids as `<id>`. */
  scopes: Array<Scalars['String']['output']>;
  version: Scalars['String']['output'];
};

export type CreateSessionInput = {
  agentId: Scalars['ID']['input'];
  /** At most 200 characters. */
  name?: InputMaybe<Scalars['String']['input']>;
};

export type ErasedUser = {
  __typename?: 'ErasedUser';
  /** Runs in the sessions of others that name nobody any more as who started them. */
  anonymizedRuns: Scalars['Int']['output'];
  /** Now deleted: all that the user owned, unless `isComplete` is false. */
  deletedSessions: Scalars['Int']['output'];
  /** false: there was no time for all; the same request goes on. */
  isComplete: Scalars['Boolean']['output'];
  userId: Scalars['ID']['output'];
};

/** What one field asks for. */
export type FieldAccess = {
  __typename?: 'FieldAccess';
  /** `Type.field`. */
  coordinate: Scalars['String']['output'];
  decidedBy: AccessDecider;
  /** The token's scopes that meet the lists; of a field that is OPEN, also those that may come to, the first five of a list. */
  heldBy: Array<Scalars['String']['output']>;
  /** Those of `requiredScopes` that are not met, or not yet. */
  missing: Array<Array<Scalars['String']['output']>>;
  /** Response keys from the root, without indexes of lists. */
  path: Array<Scalars['String']['output']>;
  /** Of every list one scope is needed; no list: any valid token. `<id>` stands for an id that is not known before execution. */
  requiredScopes: Array<Array<Scalars['String']['output']>>;
  state: AccessState;
};

export type Health = {
  __typename?: 'Health';
  database: Scalars['String']['output'];
  /** `ok`, or `degraded` while the database is away. */
  status: Scalars['String']['output'];
  version: Scalars['String']['output'];
};

export type Message = {
  __typename?: 'Message';
  content: Scalars['String']['output'];
  createdAt: Scalars['DateTime']['output'];
  id: Scalars['ID']['output'];
  role: MessageRole;
  runId: Scalars['ID']['output'];
};

export type MessageConnection = {
  __typename?: 'MessageConnection';
  edges: Array<MessageEdge>;
  pageInfo: PageInfo;
};

export type MessageEdge = {
  __typename?: 'MessageEdge';
  cursor: Scalars['String']['output'];
  node: Message;
};

export type MessageRole =
  | 'ASSISTANT'
  | 'TOOL'
  | 'USER';

/** The message was broken off, and another one says it anew: drop what it said. */
export type MessageSuperseded = RunEvent & {
  __typename?: 'MessageSuperseded';
  at: Scalars['DateTime']['output'];
  messageId: Scalars['ID']['output'];
  runId: Scalars['ID']['output'];
  seq: Scalars['Int']['output'];
};

export type Mutation = {
  __typename?: 'Mutation';
  /** Cancels a run and answers when it is over. A run that has ended already is answered as it is. */
  cancelRun: Maybe<Run>;
  /**
   * Decides every open approval of a PAUSED run in one call; the run goes on, with the rights of who started it. Decisions that are missing,
   * of unknown calls or of calls that are decided already: CONFLICT with `extensions.openApprovals`; a run that is not PAUSED: CONFLICT.
   * May be called by who may run the agent and act for the run's owner; and, for runs of anybody, as long as they are PAUSED, with
   * `approvals:<agent id>:decide`. Answers the run to callers who may read it, else null without an error.
   */
  continueRun: Maybe<Run>;
  /** Makes an empty session with an agent that the caller may run or read. */
  createSession: Maybe<Session>;
  /** Cancels the session's runs, then deletes it with all that it holds. Answers its id. */
  deleteSession: Maybe<Scalars['ID']['output']>;
  /**
   * Erases a user's data for good: cancels the runs that the user started, deletes the user's sessions with all that they
   * hold, and takes the user's name out of runs in the sessions of others. It may be asked again: `isComplete` says whether
   * there is need. Tokens of the user are not revoked by it, and revocations of them stay.
   */
  eraseUser: Maybe<ErasedUser>;
  /** Gives a session another name. */
  renameSession: Maybe<Session>;
  /**
   * Revokes tokens for good, on every server within a second: requests and sockets with them are refused or ended, and the runs
   * that they started, queued, running or paused, end CANCELLED (REVOKED). It may be asked again. Whoever may call it may revoke every
   * token, the own one among them.
   */
  revokeTokens: Maybe<Revocation>;
  /**
   * Starts a run: it is stored first and executed apart from this request, so losing the connection never cancels it. Runs
   * of one session execute one after the other, in the order in which they were accepted. A caller who starts too many at
   * once, or too many a minute, is told LIMIT_EXCEEDED with `retryAfterMs`.
   */
  runAgent: Maybe<Run>;
};


export type MutationCancelRunArgs = {
  runId: Scalars['ID']['input'];
};


export type MutationContinueRunArgs = {
  decisions: Array<ApprovalDecision>;
  runId: Scalars['ID']['input'];
};


export type MutationCreateSessionArgs = {
  input: CreateSessionInput;
};


export type MutationDeleteSessionArgs = {
  id: Scalars['ID']['input'];
};


export type MutationEraseUserArgs = {
  userId: Scalars['ID']['input'];
};


export type MutationRenameSessionArgs = {
  id: Scalars['ID']['input'];
  name: Scalars['String']['input'];
};


export type MutationRevokeTokensArgs = {
  input: RevokeTokensInput;
};


export type MutationRunAgentArgs = {
  input: RunAgentInput;
};

export type OnBusy =
  /** It waits for its turn. */
  | 'ENQUEUE'
  /** It is refused: CONFLICT. */
  | 'REJECT';

export type PageInfo = {
  __typename?: 'PageInfo';
  endCursor: Maybe<Scalars['String']['output']>;
  hasNextPage: Scalars['Boolean']['output'];
  hasPreviousPage: Scalars['Boolean']['output'];
  startCursor: Maybe<Scalars['String']['output']>;
};

export type Query = {
  __typename?: 'Query';
  /**
   * How far the caller's token comes: all root fields, and every other field, input and enum value that asks for something, those
   * that it does not open among them. Told from the token and the schema alone, whatever is stored. FORBIDDEN where
   * introspection is switched off.
   */
  accessMap: Maybe<Array<AccessMapEntry>>;
  /** One agent. NOT_FOUND when there is none of that id. */
  agent: Maybe<Agent>;
  /** The agents that the caller may read. */
  agents: Maybe<Array<Agent>>;
  /**
   * Tool calls that wait for a decision, newest first: of one agent, or of all. With what is needed to decide them and nothing of the
   * conversation. Without a scope for all agents an `agentId` must be given.
   */
  approvals: Maybe<ApprovalConnection>;
  /**
   * What was denied, and every mutation, newest first: one user's (by the token's `sub`), of one outcome, of one field (`Mutation.runAgent`), not
   * before `since`, before `until`. `first`: 1 to 100.
   */
  audit: Maybe<AuditConnection>;
  /** The server's own description. */
  config: Maybe<Config>;
  /**
   * What an operation would ask of the caller: which of its fields the token opens, and what is missing for the others. Nothing
   * of it is executed or looked up. What a field decides for itself once it is executed is not in it, as whose sessions one may
   * see. An operation that would be refused whoever asks is refused here too, with the same code.
   */
  explainAccess: Maybe<AccessReport>;
  /** Whether the server works. Needs no token. */
  health: Health;
  /** One run. NOT_FOUND when it is unknown or belongs to somebody the caller may not read. */
  run: Maybe<Run>;
  /**
   * Runs, newest first, of the sessions that the caller may see. Without `sessions:read` an `agentId` must be given that the
   * caller may run or read.
   */
  runs: Maybe<RunConnection>;
  /** One session. NOT_FOUND when it is unknown or belongs to somebody the caller may not read. */
  session: Maybe<Session>;
  /**
   * Sessions, newest first. `userId`: only that user's, FORBIDDEN unless it is the caller or `users:<id>:read` is held; left
   * out: all that the caller may see. `first`: 1 to 100.
   */
  sessions: Maybe<SessionConnection>;
  /** Who the token says the caller is, and what it may. */
  viewer: Maybe<Viewer>;
};


export type QueryAgentArgs = {
  id: Scalars['ID']['input'];
};


export type QueryApprovalsArgs = {
  after: InputMaybe<Scalars['String']['input']>;
  agentId: InputMaybe<Scalars['ID']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
};


export type QueryAuditArgs = {
  after: InputMaybe<Scalars['String']['input']>;
  field: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  outcome: InputMaybe<AuditOutcome>;
  since: InputMaybe<Scalars['DateTime']['input']>;
  until: InputMaybe<Scalars['DateTime']['input']>;
  userId: InputMaybe<Scalars['ID']['input']>;
};


export type QueryExplainAccessArgs = {
  operation: Scalars['String']['input'];
  operationName: InputMaybe<Scalars['String']['input']>;
  variables: InputMaybe<Scalars['JSON']['input']>;
};


export type QueryRunArgs = {
  id: Scalars['ID']['input'];
};


export type QueryRunsArgs = {
  after: InputMaybe<Scalars['String']['input']>;
  agentId: InputMaybe<Scalars['ID']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  sessionId: InputMaybe<Scalars['ID']['input']>;
  status: InputMaybe<Array<RunStatus>>;
  userId: InputMaybe<Scalars['ID']['input']>;
};


export type QuerySessionArgs = {
  id: Scalars['ID']['input'];
};


export type QuerySessionsArgs = {
  after: InputMaybe<Scalars['String']['input']>;
  agentId: InputMaybe<Scalars['ID']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  userId: InputMaybe<Scalars['ID']['input']>;
};

/** A piece of the model's reasoning, where the endpoint shows it. */
export type ReasoningDelta = RunEvent & {
  __typename?: 'ReasoningDelta';
  at: Scalars['DateTime']['output'];
  delta: Scalars['String']['output'];
  messageId: Scalars['ID']['output'];
  runId: Scalars['ID']['output'];
  seq: Scalars['Int']['output'];
};

/** What was revoked. */
export type Revocation = {
  __typename?: 'Revocation';
  /** Whether it is of everybody's tokens. */
  all: Scalars['Boolean']['output'];
  /** Open runs that are cancelled for it. */
  cancelledRuns: Scalars['Int']['output'];
  /** Tokens issued (`iat`) before are revoked: the end of the second that was asked for, since an `iat` has whole seconds. null with `tokenId`. */
  issuedBefore: Maybe<Scalars['DateTime']['output']>;
  tokenId: Maybe<Scalars['ID']['output']>;
  userId: Maybe<Scalars['ID']['output']>;
};

/** Which tokens: exactly one of `tokenId`, `userId` and `all: true`. */
export type RevokeTokensInput = {
  /** Tokens of everybody. */
  all: Scalars['Boolean']['input'];
  /** With `tokenId`: the token's `exp`. A day later the revocation is forgotten; left out: it is kept for good. */
  expiresAt?: InputMaybe<Scalars['DateTime']['input']>;
  /**
   * With `userId` and `all`: those that were issued (`iat`) up to this instant, in the same second included, and those that do not say when;
   * left out: up to now. At most a minute ahead, for issuers whose clocks are.
   */
  issuedBefore?: InputMaybe<Scalars['DateTime']['input']>;
  /** The token with this `jti`, whosever it is. 1 to 255 characters. */
  tokenId?: InputMaybe<Scalars['ID']['input']>;
  /** Tokens of this user (`sub`). */
  userId?: InputMaybe<Scalars['ID']['input']>;
};

export type Run = {
  __typename?: 'Run';
  agent: Maybe<Agent>;
  agentId: Scalars['ID']['output'];
  /** How often execution began; 0 while the run is queued. */
  attempt: Scalars['Int']['output'];
  createdAt: Scalars['DateTime']['output'];
  error: Maybe<RunError>;
  finishedAt: Maybe<Scalars['DateTime']['output']>;
  id: Scalars['ID']['output'];
  input: Scalars['String']['output'];
  /** The number of its last event so far; 0: none. */
  lastSeq: Scalars['Int']['output'];
  metrics: RunMetrics;
  /** The final text; on a run that ended otherwise, the text so far. */
  output: Maybe<Scalars['String']['output']>;
  /** Those of `toolCalls` that wait for a decision. */
  pendingApprovals: Array<ToolCall>;
  /** Whether this answer repeats that of an earlier request to start it. */
  replayed: Scalars['Boolean']['output'];
  sessionId: Scalars['ID']['output'];
  startedAt: Maybe<Scalars['DateTime']['output']>;
  status: RunStatus;
  toolCalls: Array<ToolCall>;
  /** The owner of the session. */
  userId: Scalars['ID']['output'];
};

export type RunAgentInput = {
  agentId: Scalars['ID']['input'];
  /** true: answer as soon as the run is stored. false: answer when it ends or pauses, or after `waitSeconds` with the run as it is. */
  background: Scalars['Boolean']['input'];
  /**
   * 1 to 255 characters of the caller's choosing. The same key with the same input by the same caller answers the same run
   * with `replayed: true`, as long as that run is kept; with other input: CONFLICT.
   */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  /** What the user says. Not empty; at most 200,000 characters. */
  message: Scalars['String']['input'];
  /** What becomes of the run when its session has one that has not ended. */
  onBusy: OnBusy;
  /**
   * A UUID of the caller's choosing (version 7 keeps `runs` in order). The same id with the same input by the same caller
   * answers the same run with `replayed: true`; otherwise CONFLICT.
   */
  runId?: InputMaybe<Scalars['ID']['input']>;
  /** Left out: a new session. Of another agent or another user than `userId`: CONFLICT. Foreign or unknown: NOT_FOUND. */
  sessionId?: InputMaybe<Scalars['ID']['input']>;
  /**
   * Whose the run is: a new session is made for that user, and the run keeps who started it. Left out: the owner of the
   * session, in a new one the caller. The caller's own id needs no scope.
   */
  userId?: InputMaybe<Scalars['ID']['input']>;
  /** 1 to 280. */
  waitSeconds: Scalars['Int']['input'];
};

export type RunConnection = {
  __typename?: 'RunConnection';
  edges: Array<RunEdge>;
  pageInfo: PageInfo;
};

export type RunEdge = {
  __typename?: 'RunEdge';
  cursor: Scalars['String']['output'];
  node: Run;
};

export type RunError = {
  __typename?: 'RunError';
  /**
   * MODEL_ERROR, TIMEOUT, LIMIT, INTERRUPTED, AGENT_GONE or INTERNAL_ERROR; of a run that is CANCELLED, REVOKED: the token that started it was
   * revoked.
   */
  code: Scalars['String']['output'];
  /** A sentence of ours, never a vendor's text. */
  message: Scalars['String']['output'];
};

export type RunEvent = {
  at: Scalars['DateTime']['output'];
  runId: Scalars['ID']['output'];
  /** Counts 1, 2, 3 … within the run; where pieces were joined, numbers are skipped. */
  seq: Scalars['Int']['output'];
};

/** Exactly one, always last. */
export type RunFinished = RunEvent & {
  __typename?: 'RunFinished';
  at: Scalars['DateTime']['output'];
  run: Run;
  runId: Scalars['ID']['output'];
  seq: Scalars['Int']['output'];
};

export type RunMetrics = {
  __typename?: 'RunMetrics';
  durationMs: Maybe<Scalars['Int']['output']>;
  inputTokens: Scalars['Int']['output'];
  modelCalls: Scalars['Int']['output'];
  outputTokens: Scalars['Int']['output'];
  /** From the start of execution to the first piece of text. */
  timeToFirstTokenMs: Maybe<Scalars['Int']['output']>;
  toolCalls: Scalars['Int']['output'];
  totalTokens: Scalars['Int']['output'];
};

export type RunStarted = RunEvent & {
  __typename?: 'RunStarted';
  at: Scalars['DateTime']['output'];
  attempt: Scalars['Int']['output'];
  model: Scalars['String']['output'];
  runId: Scalars['ID']['output'];
  seq: Scalars['Int']['output'];
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

export type ScopeRequirement = {
  __typename?: 'ScopeRequirement';
  /** One of them is enough. `<id>` stands for an id. */
  anyOf: Array<Scalars['String']['output']>;
  /** The token's scopes that meet it, for all ids or for some; the first hundred. */
  heldBy: Array<Scalars['String']['output']>;
  /** Whether everybody meets it for the own id. */
  isOwnHeld: Scalars['Boolean']['output'];
  reach: AccessReach;
};

export type Session = {
  __typename?: 'Session';
  agent: Maybe<Agent>;
  agentId: Scalars['ID']['output'];
  createdAt: Scalars['DateTime']['output'];
  id: Scalars['ID']['output'];
  /** The conversation, oldest first. `first` with `after`, or `last` with `before`; neither: the first 20. */
  messages: Maybe<MessageConnection>;
  name: Maybe<Scalars['String']['output']>;
  runs: Maybe<RunConnection>;
  updatedAt: Scalars['DateTime']['output'];
  /** The owner. */
  userId: Scalars['ID']['output'];
};


export type SessionMessagesArgs = {
  after: InputMaybe<Scalars['String']['input']>;
  before: InputMaybe<Scalars['String']['input']>;
  first: InputMaybe<Scalars['Int']['input']>;
  last: InputMaybe<Scalars['Int']['input']>;
};


export type SessionRunsArgs = {
  after: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
};

export type SessionConnection = {
  __typename?: 'SessionConnection';
  edges: Array<SessionEdge>;
  pageInfo: PageInfo;
};

export type SessionEdge = {
  __typename?: 'SessionEdge';
  cursor: Scalars['String']['output'];
  node: Session;
};

export type Subscription = {
  __typename?: 'Subscription';
  /**
   * Every event of the run with `seq` greater than `after`, in order, none twice: the stored ones first, then live ones.
   * Completes after RunFinished. A client that reconnects sends the last `seq` it has applied. `after` below 0, or beyond the
   * last event of an ended run: BAD_USER_INPUT. Some time after a run has ended the pieces of each message are joined to one,
   * and later the events are deleted: an `after` inside gives CURSOR_EXPIRED with `extensions.resumeAfter`, from where the
   * client goes on, having let go of what it applied since.
   */
  runEvents: RunEvent;
};


export type SubscriptionRunEventsArgs = {
  after?: Scalars['Int']['input'];
  runId: Scalars['ID']['input'];
};

/** A piece of the answer. Pieces of one `messageId` joined in order are the message's text. */
export type TextDelta = RunEvent & {
  __typename?: 'TextDelta';
  at: Scalars['DateTime']['output'];
  delta: Scalars['String']['output'];
  messageId: Scalars['ID']['output'];
  runId: Scalars['ID']['output'];
  seq: Scalars['Int']['output'];
};

export type Tool = {
  __typename?: 'Tool';
  description: Scalars['String']['output'];
  name: Scalars['String']['output'];
  /** JSON Schema of the arguments. */
  parameters: Maybe<Scalars['JSON']['output']>;
  /** Whether its calls wait for an approval: all of them, or some, as the arguments and the starter decide. */
  requiresApproval: Scalars['Boolean']['output'];
  /** The scope that the run's starter must hold for the tool to be offered to the model. */
  scope: Maybe<Scalars['String']['output']>;
};

export type ToolCall = {
  __typename?: 'ToolCall';
  arguments: Scalars['JSON']['output'];
  error: Maybe<Scalars['String']['output']>;
  finishedAt: Maybe<Scalars['DateTime']['output']>;
  /** Made by the server, unique. */
  id: Scalars['ID']['output'];
  name: Scalars['String']['output'];
  result: Maybe<Scalars['JSON']['output']>;
  startedAt: Maybe<Scalars['DateTime']['output']>;
  status: ToolCallStatus;
};

export type ToolCallFinished = RunEvent & {
  __typename?: 'ToolCallFinished';
  at: Scalars['DateTime']['output'];
  runId: Scalars['ID']['output'];
  seq: Scalars['Int']['output'];
  toolCall: ToolCall;
};

export type ToolCallStarted = RunEvent & {
  __typename?: 'ToolCallStarted';
  at: Scalars['DateTime']['output'];
  runId: Scalars['ID']['output'];
  seq: Scalars['Int']['output'];
  toolCall: ToolCall;
};

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

export type Viewer = {
  __typename?: 'Viewer';
  /** Whether the granted scopes meet this one. Pure matching, whatever the family; a malformed one is met by admin alone. */
  can: Scalars['Boolean']['output'];
  expiresAt: Scalars['DateTime']['output'];
  /** The token's `sub`. */
  id: Scalars['ID']['output'];
  isAdmin: Scalars['Boolean']['output'];
  /** The granted scopes, malformed ones left out. */
  scopes: Array<Scalars['String']['output']>;
  /** Malformed scopes, and scopes that no field and no tool asks for. */
  unknownScopes: Array<Scalars['String']['output']>;
};


export type ViewerCanArgs = {
  scope: Scalars['String']['input'];
};



export type ResolverTypeWrapper<T> = Promise<T> | T;


export type ResolverWithResolve<TResult, TParent, TContext, TArgs> = {
  resolve: ResolverFn<TResult, TParent, TContext, TArgs>;
};
export type Resolver<TResult, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = ResolverFn<TResult, TParent, TContext, TArgs> | ResolverWithResolve<TResult, TParent, TContext, TArgs>;

export type ResolverFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => Promise<TResult> | TResult;

export type SubscriptionSubscribeFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => AsyncIterable<TResult> | Promise<AsyncIterable<TResult>>;

export type SubscriptionResolveFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;

export interface SubscriptionSubscriberObject<TResult, TKey extends string, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<{ [key in TKey]: TResult }, TParent, TContext, TArgs>;
  resolve?: SubscriptionResolveFn<TResult, { [key in TKey]: TResult }, TContext, TArgs>;
}

export interface SubscriptionResolverObject<TResult, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<any, TParent, TContext, TArgs>;
  resolve: SubscriptionResolveFn<TResult, any, TContext, TArgs>;
}

export type SubscriptionObject<TResult, TKey extends string, TParent, TContext, TArgs> =
  | SubscriptionSubscriberObject<TResult, TKey, TParent, TContext, TArgs>
  | SubscriptionResolverObject<TResult, TParent, TContext, TArgs>;

export type SubscriptionResolver<TResult, TKey extends string, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> =
  | ((...args: any[]) => SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>)
  | SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>;

export type TypeResolveFn<TTypes, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (
  parent: TParent,
  context: TContext,
  info: GraphQLResolveInfo
) => Maybe<TTypes> | Promise<Maybe<TTypes>>;

export type IsTypeOfResolverFn<T = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (obj: T, context: TContext, info: GraphQLResolveInfo) => boolean | Promise<boolean>;

export type NextResolverFn<T> = () => Promise<T>;

export type DirectiveResolverFn<TResult = Record<PropertyKey, never>, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = (
  next: NextResolverFn<TResult>,
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;





/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = {
  AccessDecider: AccessDecider;
  AccessMapEntry: ResolverTypeWrapper<AccessMapEntry>;
  AccessReach: AccessReach;
  AccessReport: ResolverTypeWrapper<AccessReport>;
  AccessState: AccessState;
  Agent: ResolverTypeWrapper<AgentModel>;
  Approval: ResolverTypeWrapper<OpenApprovalRow>;
  ApprovalConnection: ResolverTypeWrapper<Omit<ApprovalConnection, 'edges'> & { edges: Array<ResolversTypes['ApprovalEdge']> }>;
  ApprovalDecision: ApprovalDecision;
  ApprovalEdge: ResolverTypeWrapper<Omit<ApprovalEdge, 'node'> & { node: ResolversTypes['Approval'] }>;
  ApprovalKind: ApprovalKind;
  ApprovalRequested: ResolverTypeWrapper<ApprovalRequestedEvent>;
  ApprovalResolved: ResolverTypeWrapper<ApprovalResolvedEvent>;
  AuditConnection: ResolverTypeWrapper<Omit<AuditConnection, 'edges'> & { edges: Array<ResolversTypes['AuditEdge']> }>;
  AuditEdge: ResolverTypeWrapper<Omit<AuditEdge, 'node'> & { node: ResolversTypes['AuditEvent'] }>;
  AuditEvent: ResolverTypeWrapper<AuditEventRow>;
  AuditId: ResolverTypeWrapper<AuditId>;
  AuditOutcome: AuditOutcome;
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
  Config: ResolverTypeWrapper<ServerInfo>;
  CreateSessionInput: CreateSessionInput;
  DateTime: ResolverTypeWrapper<Scalars['DateTime']['output']>;
  ErasedUser: ResolverTypeWrapper<ErasedUser>;
  FieldAccess: ResolverTypeWrapper<FieldAccess>;
  Health: ResolverTypeWrapper<Health>;
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  Int: ResolverTypeWrapper<Scalars['Int']['output']>;
  JSON: ResolverTypeWrapper<Scalars['JSON']['output']>;
  Message: ResolverTypeWrapper<MessageRow>;
  MessageConnection: ResolverTypeWrapper<Omit<MessageConnection, 'edges'> & { edges: Array<ResolversTypes['MessageEdge']> }>;
  MessageEdge: ResolverTypeWrapper<Omit<MessageEdge, 'node'> & { node: ResolversTypes['Message'] }>;
  MessageRole: MessageRole;
  MessageSuperseded: ResolverTypeWrapper<MessageSupersededEvent>;
  Mutation: ResolverTypeWrapper<Record<PropertyKey, never>>;
  OnBusy: OnBusy;
  PageInfo: ResolverTypeWrapper<PageInfo>;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  ReasoningDelta: ResolverTypeWrapper<DeltaEvent>;
  Revocation: ResolverTypeWrapper<RevocationModel>;
  RevokeTokensInput: RevokeTokensInput;
  Run: ResolverTypeWrapper<RunModel>;
  RunAgentInput: RunAgentInput;
  RunConnection: ResolverTypeWrapper<Omit<RunConnection, 'edges'> & { edges: Array<ResolversTypes['RunEdge']> }>;
  RunEdge: ResolverTypeWrapper<Omit<RunEdge, 'node'> & { node: ResolversTypes['Run'] }>;
  RunError: ResolverTypeWrapper<RunError>;
  RunEvent: ResolverTypeWrapper<RunEventModel>;
  RunFinished: ResolverTypeWrapper<RunFinishedEvent>;
  RunMetrics: ResolverTypeWrapper<RunMetrics>;
  RunStarted: ResolverTypeWrapper<RunStartedEvent>;
  RunStatus: RunStatus;
  ScopeRequirement: ResolverTypeWrapper<ScopeRequirement>;
  Session: ResolverTypeWrapper<SessionRow>;
  SessionConnection: ResolverTypeWrapper<Omit<SessionConnection, 'edges'> & { edges: Array<ResolversTypes['SessionEdge']> }>;
  SessionEdge: ResolverTypeWrapper<Omit<SessionEdge, 'node'> & { node: ResolversTypes['Session'] }>;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
  Subscription: ResolverTypeWrapper<Record<PropertyKey, never>>;
  TextDelta: ResolverTypeWrapper<DeltaEvent>;
  Tool: ResolverTypeWrapper<ToolModel>;
  ToolCall: ResolverTypeWrapper<ToolCallModel>;
  ToolCallFinished: ResolverTypeWrapper<ToolCallEvent>;
  ToolCallStarted: ResolverTypeWrapper<ToolCallEvent>;
  ToolCallStatus: ToolCallStatus;
  Viewer: ResolverTypeWrapper<Principal>;
};

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  AccessMapEntry: AccessMapEntry;
  AccessReport: AccessReport;
  Agent: AgentModel;
  Approval: OpenApprovalRow;
  ApprovalConnection: Omit<ApprovalConnection, 'edges'> & { edges: Array<ResolversParentTypes['ApprovalEdge']> };
  ApprovalDecision: ApprovalDecision;
  ApprovalEdge: Omit<ApprovalEdge, 'node'> & { node: ResolversParentTypes['Approval'] };
  ApprovalRequested: ApprovalRequestedEvent;
  ApprovalResolved: ApprovalResolvedEvent;
  AuditConnection: Omit<AuditConnection, 'edges'> & { edges: Array<ResolversParentTypes['AuditEdge']> };
  AuditEdge: Omit<AuditEdge, 'node'> & { node: ResolversParentTypes['AuditEvent'] };
  AuditEvent: AuditEventRow;
  AuditId: AuditId;
  Boolean: Scalars['Boolean']['output'];
  Config: ServerInfo;
  CreateSessionInput: CreateSessionInput;
  DateTime: Scalars['DateTime']['output'];
  ErasedUser: ErasedUser;
  FieldAccess: FieldAccess;
  Health: Health;
  ID: Scalars['ID']['output'];
  Int: Scalars['Int']['output'];
  JSON: Scalars['JSON']['output'];
  Message: MessageRow;
  MessageConnection: Omit<MessageConnection, 'edges'> & { edges: Array<ResolversParentTypes['MessageEdge']> };
  MessageEdge: Omit<MessageEdge, 'node'> & { node: ResolversParentTypes['Message'] };
  MessageSuperseded: MessageSupersededEvent;
  Mutation: Record<PropertyKey, never>;
  PageInfo: PageInfo;
  Query: Record<PropertyKey, never>;
  ReasoningDelta: DeltaEvent;
  Revocation: RevocationModel;
  RevokeTokensInput: RevokeTokensInput;
  Run: RunModel;
  RunAgentInput: RunAgentInput;
  RunConnection: Omit<RunConnection, 'edges'> & { edges: Array<ResolversParentTypes['RunEdge']> };
  RunEdge: Omit<RunEdge, 'node'> & { node: ResolversParentTypes['Run'] };
  RunError: RunError;
  RunEvent: RunEventModel;
  RunFinished: RunFinishedEvent;
  RunMetrics: RunMetrics;
  RunStarted: RunStartedEvent;
  ScopeRequirement: ScopeRequirement;
  Session: SessionRow;
  SessionConnection: Omit<SessionConnection, 'edges'> & { edges: Array<ResolversParentTypes['SessionEdge']> };
  SessionEdge: Omit<SessionEdge, 'node'> & { node: ResolversParentTypes['Session'] };
  String: Scalars['String']['output'];
  Subscription: Record<PropertyKey, never>;
  TextDelta: DeltaEvent;
  Tool: ToolModel;
  ToolCall: ToolCallModel;
  ToolCallFinished: ToolCallEvent;
  ToolCallStarted: ToolCallEvent;
  Viewer: Principal;
};

export type AuthenticatedDirectiveArgs = { };

export type AuthenticatedDirectiveResolver<Result, Parent, ContextType = RequestContext, Args = AuthenticatedDirectiveArgs> = DirectiveResolverFn<Result, Parent, ContextType, Args>;

export type PublicDirectiveArgs = { };

export type PublicDirectiveResolver<Result, Parent, ContextType = RequestContext, Args = PublicDirectiveArgs> = DirectiveResolverFn<Result, Parent, ContextType, Args>;

export type RequiresScopeDirectiveArgs = {
  scope: Array<Scalars['String']['input']>;
};

export type RequiresScopeDirectiveResolver<Result, Parent, ContextType = RequestContext, Args = RequiresScopeDirectiveArgs> = DirectiveResolverFn<Result, Parent, ContextType, Args>;

export type AccessMapEntryResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['AccessMapEntry'] = ResolversParentTypes['AccessMapEntry']> = {
  coordinate?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  isPublic?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  reach?: Resolver<ResolversTypes['AccessReach'], ParentType, ContextType>;
  requirements?: Resolver<Array<ResolversTypes['ScopeRequirement']>, ParentType, ContextType>;
};

export type AccessReportResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['AccessReport'] = ResolversParentTypes['AccessReport']> = {
  admitted?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  fields?: Resolver<Array<ResolversTypes['FieldAccess']>, ParentType, ContextType>;
  truncated?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
};

export type AgentResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Agent'] = ResolversParentTypes['Agent']> = {
  canRun?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  description?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  instructions?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  model?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  tools?: Resolver<Array<ResolversTypes['Tool']>, ParentType, ContextType>;
};

export type ApprovalResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Approval'] = ResolversParentTypes['Approval']> = {
  agentId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  arguments?: Resolver<ResolversTypes['JSON'], ParentType, ContextType>;
  expiresAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  kind?: Resolver<ResolversTypes['ApprovalKind'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  requestedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  requestedBy?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  requiresOtherApprover?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  runId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  toolCallId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  userId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type ApprovalConnectionResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['ApprovalConnection'] = ResolversParentTypes['ApprovalConnection']> = {
  edges?: Resolver<Array<ResolversTypes['ApprovalEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type ApprovalEdgeResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['ApprovalEdge'] = ResolversParentTypes['ApprovalEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Approval'], ParentType, ContextType>;
};

export type ApprovalRequestedResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['ApprovalRequested'] = ResolversParentTypes['ApprovalRequested']> = {
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  runId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  seq?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  toolCall?: Resolver<ResolversTypes['ToolCall'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type ApprovalResolvedResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['ApprovalResolved'] = ResolversParentTypes['ApprovalResolved']> = {
  approved?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  runId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  seq?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  toolCall?: Resolver<ResolversTypes['ToolCall'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type AuditConnectionResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['AuditConnection'] = ResolversParentTypes['AuditConnection']> = {
  edges?: Resolver<Array<ResolversTypes['AuditEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type AuditEdgeResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['AuditEdge'] = ResolversParentTypes['AuditEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['AuditEvent'], ParentType, ContextType>;
};

export type AuditEventResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['AuditEvent'] = ResolversParentTypes['AuditEvent']> = {
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  code?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  correlationId?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  count?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  field?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  firstAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  grantedScopes?: Resolver<Array<ResolversTypes['String']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  ids?: Resolver<Array<ResolversTypes['AuditId']>, ParentType, ContextType>;
  nodeId?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  operationName?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  outcome?: Resolver<ResolversTypes['AuditOutcome'], ParentType, ContextType>;
  path?: Resolver<Array<ResolversTypes['String']>, ParentType, ContextType>;
  reason?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  requiredScopes?: Resolver<Array<Array<ResolversTypes['String']>>, ParentType, ContextType>;
  transport?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  userId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
};

export type AuditIdResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['AuditId'] = ResolversParentTypes['AuditId']> = {
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  value?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type ConfigResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Config'] = ResolversParentTypes['Config']> = {
  agents?: Resolver<Maybe<Array<ResolversTypes['Agent']>>, ParentType, ContextType>;
  database?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  models?: Resolver<Array<ResolversTypes['String']>, ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  scopes?: Resolver<Array<ResolversTypes['String']>, ParentType, ContextType>;
  version?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export interface DateTimeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['DateTime'], any> {
  name: 'DateTime';
}

export type ErasedUserResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['ErasedUser'] = ResolversParentTypes['ErasedUser']> = {
  anonymizedRuns?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  deletedSessions?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  isComplete?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  userId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type FieldAccessResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['FieldAccess'] = ResolversParentTypes['FieldAccess']> = {
  coordinate?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  decidedBy?: Resolver<ResolversTypes['AccessDecider'], ParentType, ContextType>;
  heldBy?: Resolver<Array<ResolversTypes['String']>, ParentType, ContextType>;
  missing?: Resolver<Array<Array<ResolversTypes['String']>>, ParentType, ContextType>;
  path?: Resolver<Array<ResolversTypes['String']>, ParentType, ContextType>;
  requiredScopes?: Resolver<Array<Array<ResolversTypes['String']>>, ParentType, ContextType>;
  state?: Resolver<ResolversTypes['AccessState'], ParentType, ContextType>;
};

export type HealthResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Health'] = ResolversParentTypes['Health']> = {
  database?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  status?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  version?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export interface JsonScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['JSON'], any> {
  name: 'JSON';
}

export type MessageResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Message'] = ResolversParentTypes['Message']> = {
  content?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  role?: Resolver<ResolversTypes['MessageRole'], ParentType, ContextType>;
  runId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type MessageConnectionResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['MessageConnection'] = ResolversParentTypes['MessageConnection']> = {
  edges?: Resolver<Array<ResolversTypes['MessageEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type MessageEdgeResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['MessageEdge'] = ResolversParentTypes['MessageEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Message'], ParentType, ContextType>;
};

export type MessageSupersededResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['MessageSuperseded'] = ResolversParentTypes['MessageSuperseded']> = {
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  messageId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  runId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  seq?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type MutationResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Mutation'] = ResolversParentTypes['Mutation']> = {
  cancelRun?: Resolver<Maybe<ResolversTypes['Run']>, ParentType, ContextType, RequireFields<MutationCancelRunArgs, 'runId'>>;
  continueRun?: Resolver<Maybe<ResolversTypes['Run']>, ParentType, ContextType, RequireFields<MutationContinueRunArgs, 'decisions' | 'runId'>>;
  createSession?: Resolver<Maybe<ResolversTypes['Session']>, ParentType, ContextType, RequireFields<MutationCreateSessionArgs, 'input'>>;
  deleteSession?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType, RequireFields<MutationDeleteSessionArgs, 'id'>>;
  eraseUser?: Resolver<Maybe<ResolversTypes['ErasedUser']>, ParentType, ContextType, RequireFields<MutationEraseUserArgs, 'userId'>>;
  renameSession?: Resolver<Maybe<ResolversTypes['Session']>, ParentType, ContextType, RequireFields<MutationRenameSessionArgs, 'id' | 'name'>>;
  revokeTokens?: Resolver<Maybe<ResolversTypes['Revocation']>, ParentType, ContextType, RequireFields<MutationRevokeTokensArgs, 'input'>>;
  runAgent?: Resolver<Maybe<ResolversTypes['Run']>, ParentType, ContextType, RequireFields<MutationRunAgentArgs, 'input'>>;
};

export type PageInfoResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['PageInfo'] = ResolversParentTypes['PageInfo']> = {
  endCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  hasNextPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  hasPreviousPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  startCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type QueryResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  accessMap?: Resolver<Maybe<Array<ResolversTypes['AccessMapEntry']>>, ParentType, ContextType>;
  agent?: Resolver<Maybe<ResolversTypes['Agent']>, ParentType, ContextType, RequireFields<QueryAgentArgs, 'id'>>;
  agents?: Resolver<Maybe<Array<ResolversTypes['Agent']>>, ParentType, ContextType>;
  approvals?: Resolver<Maybe<ResolversTypes['ApprovalConnection']>, ParentType, ContextType, RequireFields<QueryApprovalsArgs, 'first'>>;
  audit?: Resolver<Maybe<ResolversTypes['AuditConnection']>, ParentType, ContextType, RequireFields<QueryAuditArgs, 'first'>>;
  config?: Resolver<Maybe<ResolversTypes['Config']>, ParentType, ContextType>;
  explainAccess?: Resolver<Maybe<ResolversTypes['AccessReport']>, ParentType, ContextType, RequireFields<QueryExplainAccessArgs, 'operation'>>;
  health?: Resolver<ResolversTypes['Health'], ParentType, ContextType>;
  run?: Resolver<Maybe<ResolversTypes['Run']>, ParentType, ContextType, RequireFields<QueryRunArgs, 'id'>>;
  runs?: Resolver<Maybe<ResolversTypes['RunConnection']>, ParentType, ContextType, RequireFields<QueryRunsArgs, 'first'>>;
  session?: Resolver<Maybe<ResolversTypes['Session']>, ParentType, ContextType, RequireFields<QuerySessionArgs, 'id'>>;
  sessions?: Resolver<Maybe<ResolversTypes['SessionConnection']>, ParentType, ContextType, RequireFields<QuerySessionsArgs, 'first'>>;
  viewer?: Resolver<Maybe<ResolversTypes['Viewer']>, ParentType, ContextType>;
};

export type ReasoningDeltaResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['ReasoningDelta'] = ResolversParentTypes['ReasoningDelta']> = {
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  delta?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  messageId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  runId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  seq?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type RevocationResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Revocation'] = ResolversParentTypes['Revocation']> = {
  all?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  cancelledRuns?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  issuedBefore?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  tokenId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  userId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
};

export type RunResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Run'] = ResolversParentTypes['Run']> = {
  agent?: Resolver<Maybe<ResolversTypes['Agent']>, ParentType, ContextType>;
  agentId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  attempt?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  error?: Resolver<Maybe<ResolversTypes['RunError']>, ParentType, ContextType>;
  finishedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  input?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  lastSeq?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  metrics?: Resolver<ResolversTypes['RunMetrics'], ParentType, ContextType>;
  output?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  pendingApprovals?: Resolver<Array<ResolversTypes['ToolCall']>, ParentType, ContextType>;
  replayed?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  sessionId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  startedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  status?: Resolver<ResolversTypes['RunStatus'], ParentType, ContextType>;
  toolCalls?: Resolver<Array<ResolversTypes['ToolCall']>, ParentType, ContextType>;
  userId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type RunConnectionResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['RunConnection'] = ResolversParentTypes['RunConnection']> = {
  edges?: Resolver<Array<ResolversTypes['RunEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type RunEdgeResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['RunEdge'] = ResolversParentTypes['RunEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Run'], ParentType, ContextType>;
};

export type RunErrorResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['RunError'] = ResolversParentTypes['RunError']> = {
  code?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type RunEventResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['RunEvent'] = ResolversParentTypes['RunEvent']> = {
  __resolveType?: TypeResolveFn<'ApprovalRequested' | 'ApprovalResolved' | 'MessageSuperseded' | 'ReasoningDelta' | 'RunFinished' | 'RunStarted' | 'TextDelta' | 'ToolCallFinished' | 'ToolCallStarted', ParentType, ContextType>;
};

export type RunFinishedResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['RunFinished'] = ResolversParentTypes['RunFinished']> = {
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  run?: Resolver<ResolversTypes['Run'], ParentType, ContextType>;
  runId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  seq?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type RunMetricsResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['RunMetrics'] = ResolversParentTypes['RunMetrics']> = {
  durationMs?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  inputTokens?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  modelCalls?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  outputTokens?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  timeToFirstTokenMs?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  toolCalls?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  totalTokens?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type RunStartedResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['RunStarted'] = ResolversParentTypes['RunStarted']> = {
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  attempt?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  model?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  runId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  seq?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type ScopeRequirementResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['ScopeRequirement'] = ResolversParentTypes['ScopeRequirement']> = {
  anyOf?: Resolver<Array<ResolversTypes['String']>, ParentType, ContextType>;
  heldBy?: Resolver<Array<ResolversTypes['String']>, ParentType, ContextType>;
  isOwnHeld?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  reach?: Resolver<ResolversTypes['AccessReach'], ParentType, ContextType>;
};

export type SessionResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Session'] = ResolversParentTypes['Session']> = {
  agent?: Resolver<Maybe<ResolversTypes['Agent']>, ParentType, ContextType>;
  agentId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  messages?: Resolver<Maybe<ResolversTypes['MessageConnection']>, ParentType, ContextType, Partial<SessionMessagesArgs>>;
  name?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  runs?: Resolver<Maybe<ResolversTypes['RunConnection']>, ParentType, ContextType, RequireFields<SessionRunsArgs, 'first'>>;
  updatedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  userId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type SessionConnectionResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['SessionConnection'] = ResolversParentTypes['SessionConnection']> = {
  edges?: Resolver<Array<ResolversTypes['SessionEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type SessionEdgeResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['SessionEdge'] = ResolversParentTypes['SessionEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Session'], ParentType, ContextType>;
};

export type SubscriptionResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Subscription'] = ResolversParentTypes['Subscription']> = {
  runEvents?: SubscriptionResolver<ResolversTypes['RunEvent'], "runEvents", ParentType, ContextType, RequireFields<SubscriptionRunEventsArgs, 'after' | 'runId'>>;
};

export type TextDeltaResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['TextDelta'] = ResolversParentTypes['TextDelta']> = {
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  delta?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  messageId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  runId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  seq?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type ToolResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Tool'] = ResolversParentTypes['Tool']> = {
  description?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  parameters?: Resolver<Maybe<ResolversTypes['JSON']>, ParentType, ContextType>;
  requiresApproval?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  scope?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type ToolCallResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['ToolCall'] = ResolversParentTypes['ToolCall']> = {
  arguments?: Resolver<ResolversTypes['JSON'], ParentType, ContextType>;
  error?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  finishedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  result?: Resolver<Maybe<ResolversTypes['JSON']>, ParentType, ContextType>;
  startedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  status?: Resolver<ResolversTypes['ToolCallStatus'], ParentType, ContextType>;
};

export type ToolCallFinishedResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['ToolCallFinished'] = ResolversParentTypes['ToolCallFinished']> = {
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  runId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  seq?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  toolCall?: Resolver<ResolversTypes['ToolCall'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type ToolCallStartedResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['ToolCallStarted'] = ResolversParentTypes['ToolCallStarted']> = {
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  runId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  seq?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  toolCall?: Resolver<ResolversTypes['ToolCall'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type ViewerResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Viewer'] = ResolversParentTypes['Viewer']> = {
  can?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType, RequireFields<ViewerCanArgs, 'scope'>>;
  expiresAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  isAdmin?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  scopes?: Resolver<Array<ResolversTypes['String']>, ParentType, ContextType>;
  unknownScopes?: Resolver<Array<ResolversTypes['String']>, ParentType, ContextType>;
};

export type Resolvers<ContextType = RequestContext> = {
  AccessMapEntry?: AccessMapEntryResolvers<ContextType>;
  AccessReport?: AccessReportResolvers<ContextType>;
  Agent?: AgentResolvers<ContextType>;
  Approval?: ApprovalResolvers<ContextType>;
  ApprovalConnection?: ApprovalConnectionResolvers<ContextType>;
  ApprovalEdge?: ApprovalEdgeResolvers<ContextType>;
  ApprovalRequested?: ApprovalRequestedResolvers<ContextType>;
  ApprovalResolved?: ApprovalResolvedResolvers<ContextType>;
  AuditConnection?: AuditConnectionResolvers<ContextType>;
  AuditEdge?: AuditEdgeResolvers<ContextType>;
  AuditEvent?: AuditEventResolvers<ContextType>;
  AuditId?: AuditIdResolvers<ContextType>;
  Config?: ConfigResolvers<ContextType>;
  DateTime?: GraphQLScalarType;
  ErasedUser?: ErasedUserResolvers<ContextType>;
  FieldAccess?: FieldAccessResolvers<ContextType>;
  Health?: HealthResolvers<ContextType>;
  JSON?: GraphQLScalarType;
  Message?: MessageResolvers<ContextType>;
  MessageConnection?: MessageConnectionResolvers<ContextType>;
  MessageEdge?: MessageEdgeResolvers<ContextType>;
  MessageSuperseded?: MessageSupersededResolvers<ContextType>;
  Mutation?: MutationResolvers<ContextType>;
  PageInfo?: PageInfoResolvers<ContextType>;
  Query?: QueryResolvers<ContextType>;
  ReasoningDelta?: ReasoningDeltaResolvers<ContextType>;
  Revocation?: RevocationResolvers<ContextType>;
  Run?: RunResolvers<ContextType>;
  RunConnection?: RunConnectionResolvers<ContextType>;
  RunEdge?: RunEdgeResolvers<ContextType>;
  RunError?: RunErrorResolvers<ContextType>;
  RunEvent?: RunEventResolvers<ContextType>;
  RunFinished?: RunFinishedResolvers<ContextType>;
  RunMetrics?: RunMetricsResolvers<ContextType>;
  RunStarted?: RunStartedResolvers<ContextType>;
  ScopeRequirement?: ScopeRequirementResolvers<ContextType>;
  Session?: SessionResolvers<ContextType>;
  SessionConnection?: SessionConnectionResolvers<ContextType>;
  SessionEdge?: SessionEdgeResolvers<ContextType>;
  Subscription?: SubscriptionResolvers<ContextType>;
  TextDelta?: TextDeltaResolvers<ContextType>;
  Tool?: ToolResolvers<ContextType>;
  ToolCall?: ToolCallResolvers<ContextType>;
  ToolCallFinished?: ToolCallFinishedResolvers<ContextType>;
  ToolCallStarted?: ToolCallStartedResolvers<ContextType>;
  Viewer?: ViewerResolvers<ContextType>;
};

export type DirectiveResolvers<ContextType = RequestContext> = {
  authenticated?: AuthenticatedDirectiveResolver<any, any, ContextType>;
  public?: PublicDirectiveResolver<any, any, ContextType>;
  requiresScope?: RequiresScopeDirectiveResolver<any, any, ContextType>;
};
