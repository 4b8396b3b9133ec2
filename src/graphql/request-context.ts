import DataLoader from 'dataloader';
import { UnauthenticatedError } from '../errors.ts';
import { type Principal, readableOwners } from '../scope/principal.ts';
import type { Owners } from '../store/owner.ts';
import { findRun, findRunState, type RunState } from '../store/run.ts';
import type { RunRow } from '../store/run-row.ts';
import { listToolSteps } from '../store/step.ts';
import type { ToolStepRow } from '../store/step-row.ts';
import type { Db } from '../store/tables.ts';
import { OperationSpan } from '../trace/operation-span.ts';
import type { TraceCarrier } from '../trace/trace-context.ts';
import { DEFAULT_LIMITS } from './limits.ts';
import { PageLoader } from './page-loader.ts';

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
  readonly transport: 'http' | 'websocket' | 'sse';
  /** The operation in its trace. */
  readonly span: OperationSpan;
  /** The run, if the caller may read it; loaded once per operation. Not for subscriptions, whose contexts live long. */
  readonly findRun: (id: string) => Promise<RunRow | null>;
  /** For pages of rows with long texts. */
  readonly pages: PageLoader;
  /** How far the run is, if the caller may read it. What a field's guard has read, its resolver is given, and nobody after it. */
  readonly findRunState: (id: string) => Promise<RunState | null>;
  /** A run's tool calls; those of many runs are loaded together. */
  readonly listToolSteps: (runId: string) => Promise<readonly ToolStepRow[]>;
}

export interface RequestContextOptions {
  readonly db: Db;
  readonly principalOf: () => Principal | null;
  readonly signal: AbortSignal;
  readonly transport: RequestContext['transport'];
  /** Where the caller may have said of which trace the operation is. Default: nowhere. */
  readonly carriers?: readonly TraceCarrier[];
}

export function createRequestContext(options: RequestContextOptions): RequestContext {
  const { db, principalOf, signal, transport, carriers = [] } = options;
  const ownersOf = (principal: Principal | null): Owners =>
    principal === null ? [] : readableOwners(principal);
  const runs = new Map<string, Promise<RunRow | null>>();
  let outlives = false;
  let loadedFor: Principal | null = null;
  const loadRun = (id: string): Promise<RunRow | null> => {
    const principal = principalOf();
    // What was loaded for another token may be more than this one may see.
    if (principal !== loadedFor) runs.clear();
    loadedFor = principal;
    const run = runs.get(id) ?? findRun(db, ownersOf(principal), id);
    runs.set(id, run);
    return run;
  };
  let guarded: {
    readonly id: string;
    readonly by: Principal | null;
    readonly state: Promise<RunState | null>;
  } | null = null;
  const loadState = async (id: string): Promise<RunState | null> => {
    const [by, known] = [principalOf(), guarded];
    guarded = null;
    if (known?.id === id && known.by === by) return await known.state;
    const state = findRunState(db, ownersOf(by), id);
    guarded = { id, by, state };
    return await state;
  };
  const pages = new PageLoader(DEFAULT_LIMITS.resultCharacters);
  // Not kept: a subscription's context outlives what it loads.
  const toolSteps = new DataLoader((runIds: readonly string[]) => loadToolSteps(db, runIds, pages), {
    cache: false,
    maxBatchSize: 100,
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
    transport,
    span: new OperationSpan(carriers),
    pages,
    findRun: loadRun,
    findRunState: loadState,
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
