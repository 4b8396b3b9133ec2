import DataLoader from 'dataloader';
import { UnauthenticatedError } from '../errors.ts';
import { type Principal, readableOwners } from '../scope/principal.ts';
import { findRun, findRunState, type RunState } from '../store/run.ts';
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
  readonly transport: 'http' | 'websocket';
  /** The run, if the caller may read it; loaded once per operation. Not for subscriptions, whose contexts live long. */
  readonly findRun: (id: string) => Promise<RunRow | null>;
  /** For pages of rows with long texts. */
  readonly pages: PageLoader;
  /** How far the run is, if the caller may read it. */
  readonly findRunState: (id: string) => Promise<RunState | null>;
  /** A run's tool calls; those of many runs are loaded together. */
  readonly listToolSteps: (runId: string) => Promise<readonly ToolStepRow[]>;
}

export interface RequestContextOptions {
  readonly db: Db;
  readonly principal: Principal | null;
  readonly signal: AbortSignal;
  readonly transport: RequestContext['transport'];
}

export function createRequestContext(options: RequestContextOptions): RequestContext {
  const { db, principal, signal, transport } = options;
  const owners = principal === null ? [] : readableOwners(principal);
  const runs = new Map<string, Promise<RunRow | null>>();
  const loadRun = (id: string): Promise<RunRow | null> => {
    const run = runs.get(id) ?? findRun(db, owners, id);
    runs.set(id, run);
    return run;
  };
  const pages = new PageLoader(DEFAULT_LIMITS.resultCharacters);
  // Not kept: a subscription's context outlives what it loads.
  const toolSteps = new DataLoader((runIds: readonly string[]) => loadToolSteps(db, runIds, pages), {
    cache: false,
    maxBatchSize: 100,
  });
  return {
    principal,
    signal,
    transport,
    pages,
    findRun: loadRun,
    findRunState: (id) => findRunState(db, owners, id),
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

async function loadToolSteps(db: Db, runIds: readonly string[], pages: PageLoader): Promise<ToolStepRow[][]> {
  const load = async () => ({ rows: await listToolSteps(db, [...new Set(runIds)]) });
  // What the model is told of a result is about as long as the result itself, which is no text.
  const { rows } = await pages.load(load, ({ content }) => content.length * 2);
  const byRun = Map.groupBy(rows, ({ runId }) => runId);
  return runIds.map((runId) => byRun.get(runId) ?? []);
}
