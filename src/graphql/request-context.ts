import DataLoader from 'dataloader';
import { UnauthenticatedError } from '../errors.ts';
import { type Principal, readableOwners } from '../scope/principal.ts';
import { findRun } from '../store/run.ts';
import type { RunRow } from '../store/run-row.ts';
import { listToolSteps } from '../store/step.ts';
import type { ToolStepRow } from '../store/step-row.ts';
import type { Db } from '../store/tables.ts';
import { DEFAULT_LIMITS } from './limits.ts';
import { PageLoader } from './page-loader.ts';

/** What belongs to one operation: who asks, until when, and what was loaded for it. */
export interface RequestContext {
  /** `null`: no token was sent. */
  readonly principal: Principal | null;
  /** Aborts when the caller has gone. */
  readonly signal: AbortSignal;
  /** The run, if the caller may read it; loaded once per operation, until it is forgotten. */
  readonly findRun: (id: string) => Promise<RunRow | null>;
  /** Lets go of a run that was loaded: a subscription's context lives long. */
  readonly forgetRun: (id: string) => void;
  /** For pages of rows with long texts. */
  readonly pages: PageLoader;
  /** A run's tool calls; those of many runs are loaded together. */
  readonly listToolSteps: (runId: string) => Promise<readonly ToolStepRow[]>;
}

export interface RequestContextOptions {
  readonly db: Db;
  readonly principal: Principal | null;
  readonly signal: AbortSignal;
}

export function createRequestContext({ db, principal, signal }: RequestContextOptions): RequestContext {
  const owners = principal === null ? [] : readableOwners(principal);
  const runs = new Map<string, Promise<RunRow | null>>();
  const loadRun = (id: string): Promise<RunRow | null> => {
    const run = runs.get(id) ?? findRun(db, owners, id);
    runs.set(id, run);
    return run;
  };
  // Not kept: a subscription's context outlives what it loads.
  const toolSteps = new DataLoader((runIds: readonly string[]) => loadToolSteps(db, runIds), {
    cache: false,
  });
  return {
    principal,
    signal,
    pages: new PageLoader(DEFAULT_LIMITS.resultCharacters),
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
