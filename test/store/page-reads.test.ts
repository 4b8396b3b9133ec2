import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { listAuditEvents } from '../../src/store/audit-event.ts';
import { listOpenApprovals } from '../../src/store/open-approval.ts';
import { toCursor } from '../../src/store/page.ts';
import { listRuns, OPEN_STATUSES } from '../../src/store/run.ts';
import { listSessions } from '../../src/store/session.ts';
import { type Db } from '../../src/store/tables.ts';
import { explainStatement, recordStatements } from '../_util/query-plan.ts';
import { createTestDatabase, DATABASE_KINDS, type TestDatabase } from '../_util/test-database.ts';
import { BUSY, fillSkewedRows, FORMER, idOf, SHARE, SMALL, USERS } from './skewed-rows.ts';

const ROWS = 20_000;
const MANY: readonly string[] = [
  FORMER,
  BUSY,
  ...Array.from({ length: 40 }, (_, number) => `user-${number}`),
];
/** No page of 20 reads more: the page, and as many for each owner, agent and state to find it. */
const MOST_READ = 200;
const deep = { first: 20, after: toCursor(idOf(ROWS / 2)) };
const backward = { last: 20 };
const page = {};

type Read = readonly [
  name: string,
  list: (db: Db) => Promise<{ readonly rows: readonly unknown[] }>,
  rows: number,
];

/** The rows are those of the page: what is found is what was looked for. */
const PAGES: readonly Read[] = [
  ['sessions of all', (db) => listSessions(db, 'all', { page }), 20],
  ['sessions of a former user', (db) => listSessions(db, [FORMER], { page }), 20],
  ['sessions of a former user, the oldest', (db) => listSessions(db, [FORMER], { page: backward }), 20],
  ['sessions of a busy user', (db) => listSessions(db, [BUSY], { page }), 20],
  ['sessions of a busy user, deep', (db) => listSessions(db, 'all', { owner: BUSY, page: deep }), 20],
  ['sessions of three users', (db) => listSessions(db, [FORMER, BUSY, SMALL], { page }), 20],
  ['sessions of a retired agent', (db) => listSessions(db, 'all', { agentId: 'retired', page }), 20],
  ['sessions of nobody', (db) => listSessions(db, [], { page }), 0],
  ['sessions of an unknown user', (db) => listSessions(db, 'all', { owner: 'nobody', page }), 0],
  ['runs of all', (db) => listRuns(db, 'all', { page }), 20],
  ['runs of a former user', (db) => listRuns(db, [FORMER], { page }), 20],
  ['runs of a former user, the oldest', (db) => listRuns(db, [FORMER], { page: backward }), 20],
  ['runs of a busy user', (db) => listRuns(db, [BUSY], { page }), 20],
  ['runs of a busy user, deep', (db) => listRuns(db, [BUSY], { page: deep }), 20],
  ['runs of three users', (db) => listRuns(db, [FORMER, BUSY, SMALL], { page }), 20],
  ['runs of a retired agent', (db) => listRuns(db, 'all', { agentId: 'retired', page }), 20],
  [
    'runs of a retired agent, queued',
    (db) => listRuns(db, 'all', { agentId: 'retired', status: ['QUEUED'], page }),
    0,
  ],
  [
    'runs of an agent, failed',
    (db) => listRuns(db, 'all', { agentId: 'agent-1', status: ['FAILED'], page }),
    0,
  ],
  ['runs of a session', (db) => listRuns(db, 'all', { sessionId: idOf(1), page }), 1],
  ['paused runs', (db) => listRuns(db, 'all', { status: ['PAUSED'], page }), 20],
  ['open runs', (db) => listRuns(db, 'all', { status: OPEN_STATUSES, page }), 20],
  ['open runs of a former user', (db) => listRuns(db, [FORMER], { status: OPEN_STATUSES, page }), 4],
  ['open runs of a busy user', (db) => listRuns(db, [BUSY], { status: OPEN_STATUSES, page }), 20],
  ['open runs of two users', (db) => listRuns(db, [FORMER, BUSY], { status: OPEN_STATUSES, page }), 20],
  ['open approvals', (db) => listOpenApprovals(db, 'all', page), 20],
  ['open approvals of an agent', (db) => listOpenApprovals(db, ['agent-1'], page), 20],
  ['open approvals of two agents', (db) => listOpenApprovals(db, ['agent-1', 'retired'], page), 20],
  ['events of a former user', (db) => listAuditEvents(db, { userId: FORMER, page }), 20],
  ['events that were dropped', (db) => listAuditEvents(db, { outcome: 'DROPPED', page }), 20],
  ['events of a field that is gone', (db) => listAuditEvents(db, { field: 'Query.gone', page }), 20],
];

describe.each(DATABASE_KINDS)('pages on %s', (kind) => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createTestDatabase(kind);
    await fillSkewedRows(database.db, ROWS);
  });

  afterAll(async () => {
    await database[Symbol.asyncDispose]();
  });

  test.each(PAGES)('%s are found without reading many others', async (_, list, rows) => {
    expect((await list(database.db)).rows).toHaveLength(rows);
    expect(await countRead(database.db, list)).toBeLessThanOrEqual(MOST_READ);
  });

  test.each<Read>([
    ['runs of an owner, expired', (db) => listRuns(db, [FORMER], { status: ['EXPIRED'], page }), 0],
    ['runs of an owner and an agent', (db) => listRuns(db, [FORMER], { agentId: 'agent-1', page }), 0],
    [
      'sessions of an owner and an agent',
      (db) => listSessions(db, [FORMER], { agentId: 'agent-1', page }),
      0,
    ],
    ['events of a user, denied', (db) => listAuditEvents(db, { userId: FORMER, outcome: 'DENIED', page }), 0],
  ])('%s are looked for among the rows of that owner only', async (_, list, rows) => {
    expect((await list(database.db)).rows).toHaveLength(rows);
    expect(await countRead(database.db, list)).toBeLessThanOrEqual(ROWS / SHARE);
  });

  test('of many owners, as much as a page of each is read', async () => {
    // Many owners are planned by what owners have as a rule: that the index alone will do keeps them from being read as a whole.
    await sql`vacuum ambit.run`.execute(database.db);
    const list = (db: Db) => listRuns(db, MANY, { page });
    expect((await list(database.db)).rows).toHaveLength(20);
    expect(await countRead(database.db, list)).toBeLessThanOrEqual(21 * 3 + 40 * (ROWS / USERS));
  });
});

async function countRead(db: Db, list: (db: Db) => Promise<unknown>): Promise<number> {
  let count = 0;
  for (const statement of await recordStatements(db, list))
    count += (await explainStatement(db, statement)).rowsRead;
  return count;
}
