import type { Agent } from '../agent/agent.ts';
import type { EventHub } from '../event/event-hub.ts';
import type { RunWriter } from '../event/run-writer.ts';
import type { Logger } from '../lib/logger.ts';
import type { Identity } from '../scope/principal.ts';
import type { RunRow } from '../store/run-row.ts';
import type { Lease } from '../store/step.ts';
import type { Db } from '../store/tables.ts';
import type { Model } from './model.ts';
import type { RunProgress } from './run-progress.ts';
import type { RunWatch } from './run-watch.ts';

/** A run that this process has claimed and executes. */
export interface ActiveRun {
  readonly run: RunRow;
  readonly agent: Agent;
  /** Who started it: its scopes bound what the run may do. */
  readonly starter: Identity;
  readonly model: Model;
  readonly modelName: string;
  readonly db: Db;
  readonly lease: Lease;
  readonly writer: RunWriter;
  /** Told of events that were not written by the writer. */
  readonly hub: Pick<EventHub, 'publish'>;
  /** How long an approval is waited for, unless its tool says otherwise. */
  readonly approvalSeconds: number;
  readonly progress: RunProgress;
  /** Tells traces and figures of it. */
  readonly watch: RunWatch;
  /** Aborted with a `RunStop` when the run must stop. */
  readonly signal: AbortSignal;
  /** Aborted when what has happened already need not be stored any more: the process ends. */
  readonly patience: AbortSignal;
  readonly now: () => Date;
  readonly log: Logger;
}
