import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type Owners } from '../../src/store/owner.ts';
import { type Page, toCursor } from '../../src/store/page.ts';
import { listRuns, OPEN_STATUSES } from '../../src/store/run.ts';
import { listSessions } from '../../src/store/session.ts';
import { type Db, type RunStatus } from '../../src/store/tables.ts';
import { createTestDatabase, DATABASE_KINDS, type TestDatabase } from '../_util/test-database.ts';
import { BUSY, fillSkewedRows, FORMER, idOf } from './skewed-rows.ts';

const ROWS = 500;

interface Run {
  readonly id: string;
  readonly owner: string;
  readonly agent_id: string;
  readonly status: RunStatus;
}

interface Query {
  readonly owners: Owners;
  readonly owner: string | null;
  readonly agentId: string | null;
  readonly sessionId: string | null;
  readonly status: readonly RunStatus[] | null;
  readonly slice: Slice;
}

/** `count` rows between two ids; from the end when `backward`. */
interface Slice {
  readonly count: number;
  readonly backward: boolean;
  readonly after: string | null;
  readonly before: string | null;
}

const OWNERS: readonly Owners[] = [
  'all',
  [],
  [FORMER],
  [FORMER, BUSY, FORMER],
  // So many that they are joined.
  [FORMER, BUSY, ...Array.from({ length: 40 }, (_, number) => `user-${number}`)],
];
const STATUSES: readonly Query['status'][] = [
  null,
  [],
  ['FAILED'],
  OPEN_STATUSES,
  ['PAUSED', 'COMPLETED', 'PAUSED'],
];
const SLICES: readonly Slice[] = [
  { count: 20, backward: false, after: null, before: null },
  { count: 3, backward: false, after: idOf(ROWS - 20), before: null },
  { count: 3, backward: true, after: null, before: idOf(5) },
  { count: 100, backward: true, after: idOf(ROWS - 20), before: idOf(300) },
];

describe.each(DATABASE_KINDS)('pages on %s', (kind) => {
  let database: TestDatabase;
  let runs: readonly Run[];

  beforeAll(async () => {
    database = await createTestDatabase(kind);
    await fillSkewedRows(database.db, ROWS);
    runs = await readRuns(database.db);
  });

  afterAll(async () => {
    await database[Symbol.asyncDispose]();
  });

  test.each(SLICES)('of runs hold what meets all conditions, in order: %j', async (slice) => {
    for (const query of combine(slice)) {
      const { owners, slice: _, ...filters } = query;
      const { rows, ...more } = await listRuns(database.db, owners, { ...filters, page: toPage(slice) });
      expect({ query, ids: rows.map(({ id }) => id), ...more }).toEqual({ query, ...findPage(runs, query) });
    }
  });

  test.each(SLICES)('of sessions hold what meets all conditions, in order: %j', async (slice) => {
    // The sessions are as the runs, but for the state.
    for (const query of combine(slice).filter(
      ({ status, sessionId }) => status === null && sessionId === null,
    )) {
      const { owners, owner, agentId } = query;
      const { rows, ...more } = await listSessions(database.db, owners, {
        owner,
        agentId,
        page: toPage(slice),
      });
      expect({ query, ids: rows.map(({ id }) => id), ...more }).toEqual({ query, ...findPage(runs, query) });
    }
  });
});

async function readRuns(db: Db): Promise<readonly Run[]> {
  const { rows } = await sql<Run>`select id, owner, agent_id, status from ambit.run order by id desc`.execute(
    db,
  );
  return rows;
}

function combine(slice: Slice): Query[] {
  return OWNERS.flatMap((owners) =>
    [null, BUSY].flatMap((owner) =>
      [null, 'agent-1'].flatMap((agentId) =>
        [null, idOf(50)].flatMap((sessionId) =>
          STATUSES.map((status) => ({ owners, owner, agentId, sessionId, status, slice })),
        ),
      ),
    ),
  );
}

function toPage({ count, backward, after, before }: Slice): Page {
  return {
    [backward ? 'last' : 'first']: count,
    after: after === null ? null : toCursor(after),
    before: before === null ? null : toCursor(before),
  };
}

/** The page as it is found by looking at every run; a session has the id of its run. */
function findPage(runs: readonly Run[], { slice, ...query }: Query): object {
  const { count, backward, after, before } = slice;
  const found = runs.filter(
    (run) =>
      (query.owners === 'all' || query.owners.includes(run.owner)) &&
      (query.owner === null || run.owner === query.owner) &&
      (query.agentId === null || run.agent_id === query.agentId) &&
      (query.sessionId === null || run.id === query.sessionId) &&
      (query.status === null || query.status.includes(run.status)) &&
      (after === null || run.id < after) &&
      (before === null || run.id > before),
  );
  const hasMore = found.length > count;
  return {
    ids: (backward ? found.slice(-count) : found.slice(0, count)).map(({ id }) => id),
    hasNextPage: backward ? before !== null : hasMore,
    hasPreviousPage: backward ? hasMore : after !== null,
  };
}
