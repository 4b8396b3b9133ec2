import { type SeenEvent } from '../../_util/event-socket.ts';
import { type SideEffect } from '../side-effects.ts';

/** All that is known of a run that was accepted: what the database holds, what clients were told, what happened outside. */
export interface RunEvidence {
  readonly runId: string;
  /** Null: the database does not know it. */
  readonly run: RunRecord | null;
  /** By seq. */
  readonly log: readonly LogRecord[];
  readonly steps: readonly StepRecord[];
  readonly approvals: readonly ApprovalRecord[];
  readonly views: readonly View[];
  /** In order. */
  readonly sideEffects: readonly SideEffect[];
  /** What it must say when it completes. */
  readonly finalText: string;
  /** Every state that an answer of the API told. */
  readonly toldStatuses: readonly string[];
  readonly cancelAsked: boolean;
}

/** A row of `run`, as the table names it; so below. */
export interface RunRecord {
  readonly id: string;
  readonly status: string;
  readonly attempt: number;
  readonly recoveries: number;
  readonly last_seq: number;
  readonly output: string | null;
  readonly error_code: string | null;
}

export interface LogRecord {
  readonly run_id: string;
  readonly seq: number;
  readonly type: string;
  // What an event of each type holds is written in src/event/run-event.ts.
  readonly payload: {
    readonly messageId?: string;
    readonly delta?: string;
    readonly attempt?: number;
    readonly model?: string;
    readonly approved?: boolean;
    readonly toolCall?: { readonly id: string; readonly status: string };
  };
  readonly at: Date;
}

export interface StepRecord {
  readonly run_id: string;
  readonly id: string;
  readonly kind: string;
  readonly status: string;
  readonly content: string;
  readonly tool_name: string | null;
  readonly effect: string | null;
  readonly idempotency_key: string | null;
  readonly arguments: unknown;
}

export interface ApprovalRecord {
  readonly run_id: string;
  readonly tool_call_id: string;
  readonly kind: string;
  readonly status: string;
  readonly used_at: Date | null;
}

/** What one subscriber saw of a run, over all its connections. */
export interface View {
  readonly name: string;
  /** The seq that it first began after. */
  readonly after: number;
  readonly events: readonly SeenEvent[];
  /** The server said that there is no more. */
  readonly isComplete: boolean;
}

export const TERMINAL = ['COMPLETED', 'FAILED', 'CANCELLED', 'EXPIRED'];

/** `lost`, `doubled`: events. `end`: of the run. `repeated`: an execution of a tool. */
export type ProblemKind = 'lost' | 'doubled' | 'altered' | 'end' | 'text' | 'repeated' | 'tool';

export interface Problem {
  readonly kind: ProblemKind;
  readonly text: string;
}
