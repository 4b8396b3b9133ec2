import { type QueryCreator, type Selectable, sql, type SqlBool, type Updateable } from 'kysely';

import { toWellFormedText } from '../lib/to-well-formed-text.ts';
import { jsonText } from './json-text.ts';
import { type ModelToolCall, type StepRow, toStep, type ToolStepRow, toToolStep } from './step-row.ts';
import { statement } from './statement.ts';
import {
  type Db,
  type Json,
  type ModelStepStatus,
  type StepTable,
  type Tables,
  type ToolCallStatus,
} from './tables.ts';
import { toCount } from './to-count.ts';

/** A run as its worker holds it: a write under an epoch that is not the run's any more, or after its end, writes nothing. */
export interface Lease {
  readonly runId: string;
  readonly epoch: number;
}

export type NewStep = NewModelStep | NewToolStep;

export interface NewModelStep {
  readonly kind: 'model';
  readonly id: string;
  readonly index: number;
  readonly status: ModelStepStatus;
  readonly now: Date;
}

export interface NewToolStep {
  readonly kind: 'tool';
  readonly id: string;
  readonly index: number;
  readonly status: ToolCallStatus;
  readonly callId: string;
  readonly toolName: string;
  readonly arguments: Json;
  readonly effect: string;
  readonly idempotencyKey: string | null;
  readonly now: Date;
}

/** What may change in a step; what is left out stays. */
export interface StepChanges {
  readonly status?: ModelStepStatus | ToolCallStatus;
  readonly content?: string;
  readonly toolCalls?: readonly ModelToolCall[];
  readonly result?: Json;
  readonly error?: string | null;
  readonly inputTokens?: number | null;
  readonly outputTokens?: number | null;
  readonly finishReason?: string | null;
  readonly startedAt?: Date | null;
  readonly finishedAt?: Date | null;
}

/**
 * Writes new steps of a running run; `false`, and none is written, when the lease is lost. A step that is not PENDING_APPROVAL
 * has started `now`. Indexes: run_pkey, step_pkey.
 */
export async function insertSteps(db: Db, lease: Lease, steps: readonly NewStep[]): Promise<boolean> {
  const [alive] = await written(db, { ...lease, steps: jsonText(steps.map(toRecord)) });
  return alive !== undefined;
}

const written = statement((db, values: Lease & { readonly steps: string }) =>
  db
    .with('alive', (qb) => liveRun(qb, values))
    .with('written', (qb) =>
      qb
        .insertInto('step')
        .columns(['run_id', 'session_id', 'turn', ...RECORD_COLUMNS])
        .expression((eb) =>
          eb
            .selectFrom('alive')
            .innerJoin(stepRecords(values.steps), (join) => join.onTrue())
            .select(['alive.id', 'alive.session_id', 'alive.turn'])
            .select(RECORD_COLUMNS.map((column) => `record.${column}` as const)),
        ),
    )
    .selectFrom('alive')
    .select('alive.id'),
);

/**
 * Changes a step of a running run; `false`, and nothing is written, when the lease is lost or there is no such step.
 * Indexes: run_pkey, step_pkey.
 */
export async function updateStep(
  db: Db,
  step: Lease & { readonly index: number },
  changes: StepChanges,
): Promise<boolean> {
  const updated = await db
    .with('alive', (qb) => liveRun(qb, step))
    .updateTable('step')
    .from('alive')
    .whereRef('step.run_id', '=', 'alive.id')
    .where('step.index', '=', step.index)
    .set(toColumns(changes))
    .returning('step.id')
    .executeTakeFirst();
  return updated !== undefined;
}

/** Changes a step whatever the run's lease. `trx` must be a transaction in which the run is locked. Index: step_pkey. */
export async function changeStep(
  trx: Db,
  { runId, index }: { readonly runId: string; readonly index: number },
  changes: StepChanges,
): Promise<void> {
  await trx
    .updateTable('step')
    .where('run_id', '=', runId)
    .where('index', '=', index)
    .set(toColumns(changes))
    .execute();
}

/** The steps of a run in their order. Index: step_pkey. */
export async function listRunSteps(db: Db, runId: string): Promise<StepRow[]> {
  const rows = await db.selectFrom('step').selectAll().where('run_id', '=', runId).orderBy('index').execute();
  return rows.map(toStep);
}

/** The steps of a run that have not ended, in their order. Index: step_pkey. */
export async function listOpenSteps(db: Db, runId: string): Promise<StepRow[]> {
  const rows = await db
    .selectFrom('step')
    .selectAll()
    .where('run_id', '=', runId)
    .where('finished_at', 'is', null)
    .orderBy('index')
    .execute();
  return rows.map(toStep);
}

/** The tool calls of several runs, by run, then in their order. Index: step_pkey. */
export async function listToolSteps(db: Db, runIds: readonly string[]): Promise<ToolStepRow[]> {
  const rows = await db
    .selectFrom('step')
    .selectAll()
    .where(sql<SqlBool>`run_id = any(${runIds}::uuid[])`)
    .where('kind', '=', 'tool')
    .orderBy('run_id')
    .orderBy('index')
    .execute();
  return rows.map(toToolStep);
}

/** The run, if the lease on it holds, locked so that it goes on holding until the statement's transaction ends. */
function liveRun(db: QueryCreator<Tables>, { runId, epoch }: Lease) {
  return db
    .selectFrom('run')
    .select(['run.id', 'run.session_id', 'run.turn'])
    .where('run.id', '=', runId)
    .where('run.lease_epoch', '=', epoch)
    .where('run.status', '=', 'RUNNING')
    .forShare();
}

const RECORD_COLUMNS = [
  'index',
  'id',
  'kind',
  'status',
  'content',
  'tool_name',
  'call_id',
  'arguments',
  'effect',
  'idempotency_key',
  'created_at',
  'started_at',
] as const;

/** `steps`, JSON of `toRecord`s, as a table named `record`. */
function stepRecords(steps: string) {
  return sql<
    Pick<Selectable<StepTable>, (typeof RECORD_COLUMNS)[number]>
  >`json_to_recordset(${steps}::json)`.as<'record'>(
    sql`record(
      "index" integer, id uuid, kind text, status text, content text, tool_name text, call_id text, arguments jsonb,
      effect text, idempotency_key text, created_at timestamptz, started_at timestamptz
    )`,
  );
}

function toRecord(step: NewStep) {
  return {
    index: step.index,
    id: step.id,
    kind: step.kind,
    status: step.status,
    content: '',
    created_at: step.now,
    started_at: step.status === 'PENDING_APPROVAL' ? null : step.now,
    ...(step.kind === 'tool' ? toToolColumns(step) : {}),
  };
}

function toToolColumns(step: NewToolStep) {
  return {
    tool_name: step.toolName,
    call_id: step.callId,
    arguments: step.arguments,
    effect: step.effect,
    idempotency_key: step.idempotencyKey,
  };
}

/** The columns that `changes` set. Those that are left out are `undefined`, which the query builder leaves out too. */
function toColumns(changes: StepChanges): Updateable<StepTable> {
  const { content, toolCalls, result, error, inputTokens, outputTokens } = changes;
  return {
    status: changes.status,
    content: content === undefined ? undefined : toWellFormedText(content),
    tool_calls: toolCalls === undefined ? undefined : jsonText(toolCalls),
    result: result === undefined ? undefined : jsonText(result),
    error: typeof error === 'string' ? toWellFormedText(error) : error,
    input_tokens: typeof inputTokens === 'number' ? toCount(inputTokens) : inputTokens,
    output_tokens: typeof outputTokens === 'number' ? toCount(outputTokens) : outputTokens,
    finish_reason: changes.finishReason,
    started_at: changes.startedAt,
    finished_at: changes.finishedAt,
  };
}
