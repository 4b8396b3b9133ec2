import { type Selectable } from 'kysely';

import { type Json, type ModelStepStatus, type StepTable, type ToolCallStatus } from './tables.ts';

/** A step of a run, and so a message of its session. */
export type StepRow = InputStepRow | ModelStepRow | ToolStepRow;

interface StepPlace {
  readonly id: string;
  readonly runId: string;
  readonly sessionId: string;
  readonly turn: number;
  /** Place among the run's steps, from 0: the input. */
  readonly index: number;
  readonly content: string;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
}

/** What the caller asked. */
export interface InputStepRow extends StepPlace {
  readonly kind: 'input';
}

/** One answer of the model: `content` is its text. */
export interface ModelStepRow extends StepPlace {
  readonly kind: 'model';
  readonly status: ModelStepStatus;
  readonly toolCalls: readonly ModelToolCall[];
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  readonly finishReason: string | null;
}

/** A tool call that a model's answer asks for. */
export interface ModelToolCall {
  /** Ours, unique: the id of the tool's step. */
  readonly id: string;
  /** The vendor's, which goes back to the vendor only. */
  readonly callId: string;
  readonly name: string;
  /** The text as the model wrote it. */
  readonly arguments: string;
}

/** One tool call and what came of it: `content` is what the model is told. */
export interface ToolStepRow extends StepPlace {
  readonly kind: 'tool';
  readonly status: ToolCallStatus;
  readonly callId: string;
  readonly toolName: string;
  readonly arguments: Json;
  readonly result: Json;
  readonly error: string | null;
  readonly effect: string;
  readonly idempotencyKey: string | null;
}

export function toStep(row: Selectable<StepTable>): StepRow {
  switch (row.kind) {
    case 'input':
      return { kind: 'input', ...toPlace(row) };
    case 'model':
      return toModelStep(row);
    case 'tool':
      return toToolStep(row);
    default:
      return row.kind satisfies never;
  }
}

function toModelStep(row: Selectable<StepTable>): ModelStepRow {
  return {
    kind: 'model',
    ...toPlace(row),
    // The column holds what a NewModelStep gave it.
    status: row.status as ModelStepStatus,
    toolCalls: (row.tool_calls ?? []) as unknown as readonly ModelToolCall[],
    inputTokens: row.input_tokens,
    outputTokens: row.output_tokens,
    finishReason: row.finish_reason,
  };
}

export function toToolStep(row: Selectable<StepTable>): ToolStepRow {
  return {
    kind: 'tool',
    ...toPlace(row),
    // The column holds what a NewToolStep gave it.
    status: row.status as ToolCallStatus,
    callId: row.call_id ?? '',
    toolName: row.tool_name ?? '',
    arguments: row.arguments,
    result: row.result,
    error: row.error,
    effect: row.effect ?? '',
    idempotencyKey: row.idempotency_key,
  };
}

function toPlace(row: Selectable<StepTable>): StepPlace {
  return {
    id: row.id,
    runId: row.run_id,
    sessionId: row.session_id,
    turn: row.turn,
    index: row.index,
    content: row.content,
    createdAt: row.created_at,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
  };
}
