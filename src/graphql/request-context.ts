import DataLoader from 'dataloader';
import { UnauthenticatedError } from '../errors.ts';
import { type Principal, readableOwners } from '../scope/principal.ts';
import { findRun } from '../store/run.ts';
import type { RunRow } from '../store/run-row.ts';
import { listToolSteps } from '../store/step.ts';
import type { ToolStepRow } from '../store/step-row.ts';
import type { Db } from '../store/tables.ts';

/** What belongs to one operation: who asks, until when, and what was loaded for it. */
export interface RequestContext {
  /** Who asks, to be read anew for each decision: a socket's token may be replaced. `null`: no token was sent. */
  readonly principal: Principal | null;
  /** Who asks, as long as the operation ends when their token is revoked; `null` once it is to be answered in spite of that. */
  readonly revocable: Principal | null;
  /** Says that it is: the operation has revoked its caller's own token, which is no reason not to tell what it did. */
  readonly outliveRevocation: () => void;
  /** Aborts when the caller has gone. */
  readonly signal: AbortSignal;
  /** The run, if the caller may read it; loaded once per operation, until it is forgotten. */
  readonly findRun: (id: string) => Promise<RunRow | null>;
  /** Lets go of a run that was loaded: a subscription's context lives long. */
  readonly forgetRun: (id: string) => void;
  /** A run's tool calls; those of many runs are loaded together. */
  readonly listToolSteps: (runId: string) => Promise<readonly ToolStepRow[]>;
}

export interface RequestContextOptions {
  readonly db: Db;
  readonly principalOf: () => Principal | null;
  readonly signal: AbortSignal;
}

export function createRequestContext({ db, principalOf, signal }: RequestContextOptions): RequestContext {
  const runs = new Map<string, Promise<RunRow | null>>();
  let outlives = false;
  let loadedFor: Principal | null = null;
  const loadRun = (id: string): Promise<RunRow | null> => {
    const principal = principalOf();
    // What was loaded for another token may be more than this one may see.
    if (principal !== loadedFor) runs.clear();
    loadedFor = principal;
    const run = runs.get(id) ?? findRun(db, principal === null ? [] : readableOwners(principal), id);
    runs.set(id, run);
    return run;
  };
  // Not kept: a subscription's context outlives what it loads.
  const toolSteps = new DataLoader((runIds: readonly string[]) => loadToolSteps(db, runIds), {
    cache: false,
  });
  return {
    get principal() {
      return principalOf();
    },
    get revocable() {
      return outlives ? null : principalOf();
    },
    outliveRevocation: () => void (outlives = true),
    signal,
    findRun: loadRun,
    forgetRun: (id) => void runs.delete(id),
    listToolSteps: (runId) => toolSteps.load(runId),
  };
}

/**
 * Who asks, for fields that need a token.
 * @throws UnauthenticatedError
 */
export function requirePrincipal({ principal }: RequestContext): Principal {
  if (principal === null) throw new UnauthenticatedError('missing');
  return principal;
}

async function loadToolSteps(db: Db, runIds: readonly string[]): Promise<ToolStepRow[][]> {
  const byRun = Map.groupBy(await listToolSteps(db, [...new Set(runIds)]), ({ runId }) => runId);
  return runIds.map((runId) => byRun.get(runId) ?? []);
}
