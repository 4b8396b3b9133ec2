import type { ToolCallSnapshot } from '../event/run-event.ts';
import type { ToolStepRow } from '../store/step-row.ts';
import type { ToolCallStatus } from '../store/tables.ts';

/** A tool call as the schema shows it, whether it comes from a run's steps or from an event. */
export interface ToolCallModel {
  readonly id: string;
  readonly name: string;
  readonly arguments: unknown;
  readonly result: unknown;
  readonly error: string | null;
  readonly status: ToolCallStatus;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
}

export function fromStep(step: ToolStepRow): ToolCallModel {
  const { id, toolName: name, result, error, status, startedAt, finishedAt } = step;
  return { id, name, arguments: step.arguments, result, error, status, startedAt, finishedAt };
}

export function fromSnapshot(snapshot: ToolCallSnapshot): ToolCallModel {
  return { ...snapshot, startedAt: toDate(snapshot.startedAt), finishedAt: toDate(snapshot.finishedAt) };
}

function toDate(text: string | null): Date | null {
  return text === null ? null : new Date(text);
}
