import { type ColumnType, type Generated, type Kysely } from 'kysely';

/** What every query takes first: the database, or the transaction it takes part in. */
export type Db = Kysely<Tables>;

/**
 * The tables as the database holds them; `toSession`, `toRun`, `toStep` and `toEvent` turn their rows into domain rows. Where a query
 * names a primary key, the planner may as well take an index that has the id behind another column that is compared.
 */
export interface Tables {
  session: SessionTable;
  run: RunTable;
  step: StepTable;
  run_event: RunEventTable;
  node: NodeTable;
  user_pace: UserPaceTable;
  approval: ApprovalTable;
  revocation: RevocationTable;
  audit_event: AuditEventTable;
}

/** The states of a run; those after PAUSED are terminal. */
export const RUN_STATUSES = [
  'QUEUED',
  'RUNNING',
  'PAUSED',
  'COMPLETED',
  'FAILED',
  'CANCELLED',
  'EXPIRED',
] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];
export type TerminalStatus = 'COMPLETED' | 'FAILED' | 'CANCELLED' | 'EXPIRED';

export const TOOL_CALL_STATUSES = [
  'PENDING_APPROVAL',
  'RUNNING',
  'COMPLETED',
  'FAILED',
  'REJECTED',
  'CANCELLED',
  'UNKNOWN',
] as const;
export type ToolCallStatus = (typeof TOOL_CALL_STATUSES)[number];

/** What is left of the log of an ended run: all of it, joined deltas, or its last event. */
export const LOG_STATES = ['WHOLE', 'COMPACTED', 'DROPPED'] as const;
export type LogState = (typeof LOG_STATES)[number];

/** SUPERSEDED: broken off, and asked anew under another id. */
export type ModelStepStatus = 'RUNNING' | 'COMPLETED' | 'FAILED' | 'CANCELLED' | 'SUPERSEDED';

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export type JsonObject = { readonly [key: string]: Json };

/** JSON goes in as text, made by `jsonText`, since the drivers disagree about arrays and strings; it comes out parsed. */
type JsonColumn<TValue> = ColumnType<TValue, string, string>;
type NullableJsonColumn = ColumnType<Json, string | null, string | null>;

export interface SessionTable {
  id: string;
  agent_id: string;
  owner: string;
  name: string | null;
  /** The one run of the session that is RUNNING or PAUSED. */
  active_run_id: Generated<string | null>;
  /** The turn that the next run gets. */
  next_turn: Generated<number>;
  created_at: Date;
  updated_at: Date;
}

export interface RunTable {
  id: string;
  session_id: string;
  agent_id: string;
  /** The session's owner. */
  owner: string;
  /** The `sub` of who started it. */
  started_by: string;
  status: RunStatus;
  input: string;
  /** A fingerprint of what was asked, to tell a replay from a reused id. */
  input_digest: string;
  /** Unique among the runs that one `sub` started; `null`: none was given. */
  idempotency_key: Generated<string | null>;
  /** The scopes of who started it. */
  scopes: JsonColumn<readonly string[]>;
  /** Place among the session's runs, from 0. */
  turn: number;
  /** How often it was claimed. */
  attempt: Generated<number>;
  /** Rises with every claim: a writer that holds an older one writes nothing. */
  lease_epoch: Generated<number>;
  /** The node that executes it, while RUNNING; its own lease is this run's. */
  lease_owner: Generated<string | null>;
  /** How often it was taken over from a node that had died. */
  recoveries: Generated<number>;
  /** The seq of RunFinished; until then 0. */
  last_seq: Generated<number>;
  cancel_requested_at: Generated<Date | null>;
  output: Generated<string | null>;
  error_code: Generated<string | null>;
  error_message: Generated<string | null>;
  input_tokens: Generated<number>;
  output_tokens: Generated<number>;
  model_calls: Generated<number>;
  tool_calls: Generated<number>;
  time_to_first_token_ms: Generated<number | null>;
  model: Generated<string | null>;
  created_at: Date;
  started_at: Generated<Date | null>;
  finished_at: Generated<Date | null>;
  log_state: Generated<LogState>;
  /** Since when it waits for an approval; `null`: it does not. */
  paused_at: Generated<Date | null>;
  /** How long it has waited for approvals in all. */
  paused_ms: Generated<number>;
  /** The `jti` of the token that started it; `null`: it has none. */
  token_id: Generated<string | null>;
  /** The `iat` of the token that started it; `null`: it has none. */
  token_issued_at: Generated<Date | null>;
  /** Of the request that started it, as W3C Trace Context writes it; `null`: that was not traced. */
  traceparent: Generated<string | null>;
  tracestate: Generated<string | null>;
  /** Since when the token that started it is revoked; then it is to be cancelled as well. */
  revoked_at: Generated<Date | null>;
}

/** A step is also a message of its session. Which columns a kind uses is written in step.ts. */
export interface StepTable {
  run_id: string;
  /** Place among the run's steps, from 0: the input. */
  index: number;
  id: string;
  session_id: string;
  turn: number;
  kind: 'input' | 'model' | 'tool';
  status: ToolCallStatus | ModelStepStatus;
  content: string;
  tool_calls: NullableJsonColumn;
  tool_name: Generated<string | null>;
  /** The id that the model's vendor gave the tool call. */
  call_id: Generated<string | null>;
  arguments: NullableJsonColumn;
  result: NullableJsonColumn;
  error: Generated<string | null>;
  effect: Generated<string | null>;
  idempotency_key: Generated<string | null>;
  input_tokens: Generated<number | null>;
  output_tokens: Generated<number | null>;
  finish_reason: Generated<string | null>;
  created_at: Date;
  started_at: Generated<Date | null>;
  finished_at: Generated<Date | null>;
}

/** A process that executes runs, as long as it says so. */
export interface NodeTable {
  id: string;
  lease_until: Date;
}

export interface RunEventTable {
  run_id: string;
  /** 1, 2, 3 … within the run. */
  seq: number;
  type: string;
  payload: JsonColumn<JsonObject>;
  at: Date;
}

/** A bucket of run starts, which a user empties and time fills. */
export interface UserPaceTable {
  /** The user's `sub`. */
  user_id: string;
  /** When the bucket is full again; without a row it is full. */
  full_at: Date;
}

/**
 * What a decision is asked for: a CALL that has not been made, or one whose OUTCOME is not known, which may be made again with the
 * same key.
 */
export type ApprovalKind = 'CALL' | 'OUTCOME';
export type ApprovalStatus = 'PENDING' | 'APPROVED' | 'REFUSED' | 'EXPIRED' | 'CANCELLED';

export interface ApprovalTable {
  id: string;
  run_id: string;
  /** The tool's step. */
  tool_call_id: string;
  agent_id: string;
  kind: ApprovalKind;
  tool_name: string;
  /** Of the arguments that were shown to whoever decides. */
  arguments_digest: string;
  /** Whoever started the run must not approve. */
  four_eyes: boolean;
  status: ApprovalStatus;
  requested_at: Date;
  expires_at: Date;
  decided_at: Generated<Date | null>;
  /** The `sub` of who decided; `null`: nobody did in time. */
  decided_by: Generated<string | null>;
  note: Generated<string | null>;
  /** When an APPROVED call was made: a decision is used once. */
  used_at: Generated<Date | null>;
}

export interface RevocationTable {
  kind: 'token' | 'user' | 'all';
  /** The `jti` or the `sub`; empty for all. */
  subject: string;
  /** Rises with every write, in the order of commits: see revocation.ts. */
  seq: Generated<number>;
  /** Tokens issued before are revoked; `null` for a token by its `jti`. */
  issued_before: Date | null;
  revoked_at: Date;
  /** The `sub` of who asked for it. */
  revoked_by: string;
  /** When no token that it names can be good any more; `null`: that is not known. */
  keep_until: Date | null;
}

/** DROPPED: so many events could not be kept while the database was away. */
export const AUDIT_OUTCOMES = ['ALLOWED', 'DENIED', 'FAILED', 'DROPPED'] as const;
export type AuditOutcome = (typeof AUDIT_OUTCOMES)[number];

/** Never updated, and deleted from by retention alone: triggers see to it. What the columns hold is written in audit-event.ts. */
export interface AuditEventTable {
  id: string;
  at: Date;
  first_at: Date;
  count: number;
  node_id: string;
  correlation_id: string | null;
  transport: string | null;
  user_id: string | null;
  outcome: AuditOutcome;
  code: string | null;
  reason: string | null;
  operation_name: string | null;
  field: string | null;
  path: JsonColumn<readonly string[]>;
  ids: JsonColumn<Readonly<Record<string, string>>>;
  required: JsonColumn<readonly (readonly string[])[]>;
  grants: JsonColumn<readonly string[]>;
}
