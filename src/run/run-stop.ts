import type { TerminalStatus } from '../store/tables.ts';

/** The codes of `Run.error`, but for REVOKED, which the store writes. */
export type RunErrorCode =
  'MODEL_ERROR' | 'TIMEOUT' | 'LIMIT' | 'INTERRUPTED' | 'AGENT_GONE' | 'INTERNAL_ERROR';

export interface RunFailure {
  readonly code: RunErrorCode;
  /** A sentence for people, never a vendor's text. */
  readonly message: string;
}

/**
 * Why a run must stop before its answer is complete: the reason of its abort signal, thrown by whatever was waiting. It says
 * how the run ends.
 */
export class RunStop extends Error {
  override readonly name = 'RunStop';
  readonly status: Exclude<TerminalStatus, 'COMPLETED'>;
  readonly failure: RunFailure | null;

  constructor(
    status: Exclude<TerminalStatus, 'COMPLETED'>,
    failure: RunFailure | null,
    options?: ErrorOptions,
  ) {
    super(failure?.message ?? `The run is ${status}.`, options);
    this.status = status;
    this.failure = failure;
  }
}

export function cancelled(): RunStop {
  return new RunStop('CANCELLED', null);
}

export function timedOut(maxSeconds: number): RunStop {
  return new RunStop('EXPIRED', {
    code: 'TIMEOUT',
    message: `The run took longer than its ${maxSeconds} seconds.`,
  });
}

export function limitMet(message: string): RunStop {
  return new RunStop('EXPIRED', { code: 'LIMIT', message });
}

export function interrupted(message: string): RunStop {
  return new RunStop('FAILED', { code: 'INTERRUPTED', message });
}

/** The run waits for approvals, as it is stored already: nothing of it is to be ended, nor to be let go. */
export class Paused extends Error {
  override readonly name = 'Paused';
}

/**
 * Why a run goes on elsewhere, or later: the reason of its abort signal when nothing of it is to be ended. What it leaves open
 * stays open, for whoever claims it next.
 */
export class HandOver extends Error {
  override readonly name = 'HandOver';
}
