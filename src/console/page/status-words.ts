import type { AmbitRun, AmbitToolCall } from '../../client/run-event.ts';

/** How a run is, in a word or three. */
export const STATUS_WORDS: Readonly<Record<AmbitRun['status'], string>> = {
  QUEUED: 'Waits for its turn',
  RUNNING: 'Running',
  PAUSED: 'Waits for approval',
  COMPLETED: 'Completed',
  FAILED: 'Failed',
  CANCELLED: 'Stopped',
  EXPIRED: 'Ended at a limit',
};

/** How a tool call is. */
export const CALL_WORDS: Readonly<Record<AmbitToolCall['status'], string>> = {
  PENDING_APPROVAL: 'waits for approval',
  RUNNING: 'running',
  COMPLETED: 'done',
  FAILED: 'failed',
  REJECTED: 'refused',
  CANCELLED: 'stopped',
  UNKNOWN: 'outcome unknown',
};
