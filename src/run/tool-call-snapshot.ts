import type { ToolCallSnapshot } from '../event/run-event.ts';
import type { ToolStepRow } from '../store/step-row.ts';

export type SnapshotSource = Pick<
  ToolStepRow,
  'id' | 'toolName' | 'arguments' | 'result' | 'error' | 'status' | 'startedAt' | 'finishedAt'
>;

/** A tool call as an event tells it. */
export function toSnapshot(step: SnapshotSource): ToolCallSnapshot {
  return {
    id: step.id,
    name: step.toolName,
    arguments: step.arguments,
    result: step.result,
    error: step.error,
    status: step.status,
    startedAt: step.startedAt?.toISOString() ?? null,
    finishedAt: step.finishedAt?.toISOString() ?? null,
  };
}
