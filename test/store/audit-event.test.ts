import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { InvalidInputError } from '../../src/errors.ts';
import { uuidV7 } from '../../src/lib/uuid-v7.ts';
import {
  type AuditEventRow,
  type AuditFilter,
  deleteOldAuditEvents,
  insertAuditEvents,
  listAuditEvents,
} from '../../src/store/audit-event.ts';
import { toCursor } from '../../src/store/page.ts';
import { createTestDatabase, DATABASE_KINDS, type TestDatabase } from '../_util/test-database.ts';
import { NOW } from './store-fixture.ts';

const HOUR_MS = 3_600_000;

function eventAt(at: Date, values: Partial<AuditEventRow> = {}): AuditEventRow {
  return {
    id: uuidV7(at.getTime()),
    at,
    firstAt: at,
    count: 1,
    nodeId: 'node',
    correlationId: 'id-1',
    transport: 'http',
    userId: 'ann',
    outcome: 'DENIED',
    code: 'FORBIDDEN',
    reason: null,
    operationName: 'Op',
    field: 'Query.agents',
    path: ['a', 'b'],
    ids: { agentId: 'x' },
    required: [['agents:read', 'agents:x:read'], ['config:read']],
    grants: [],
    ...values,
  };
}

/** An event of each of the last five hours, the newest last. */
const events = [5, 4, 3, 2, 1].map((hours) =>
  eventAt(new Date(NOW.getTime() - hours * HOUR_MS), {
    userId: hours === 3 ? 'bob' : hours === 2 ? null : 'ann',
    outcome: hours === 4 ? 'ALLOWED' : 'DENIED',
    field: hours === 1 ? null : 'Query.agents',
  }),
);
const [five, four, three, two, one] = events.map(({ id }) => id);

describe.each(DATABASE_KINDS)('audit events on %s', (kind) => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createTestDatabase(kind);
    await insertAuditEvents(database.db, events);
  });

  afterAll(async () => {
    await database[Symbol.asyncDispose]();
  });

  const list = async (filter: Partial<AuditFilter>) => {
    const { rows, ...rest } = await listAuditEvents(database.db, { page: {}, ...filter });
    return { ids: rows.map(({ id }) => id), ...rest };
  };

  it('come back as they were stored, the newest first', async () => {
    const { rows } = await listAuditEvents(database.db, { page: {} });
    expect(rows).toEqual(events.toReversed());
  });

  it('are stored once, however often they are inserted', async () => {
    await insertAuditEvents(database.db, events);
    expect((await list({})).ids).toHaveLength(5);
    await expect(insertAuditEvents(database.db, [])).resolves.toBeUndefined();
  });

  const hoursAgo = (hours: number, ms = 0) => new Date(NOW.getTime() - hours * HOUR_MS + ms);

  it.each<[string, Partial<AuditFilter>, (string | undefined)[]]>([
    ['a user', { userId: 'bob' }, [three]],
    ['an outcome', { outcome: 'ALLOWED' }, [four]],
    ['a field', { field: 'Query.agents' }, [two, three, four, five]],
    ['since an instant, that one included', { since: hoursAgo(2) }, [one, two]],
    ['since a millisecond later', { since: hoursAgo(2, 1) }, [one]],
    ['until an instant, that one not', { until: hoursAgo(4) }, [five]],
    ['until a millisecond later', { until: hoursAgo(4, 1) }, [four, five]],
    ['between', { since: hoursAgo(4), until: hoursAgo(2) }, [three, four]],
    ['since before there were any', { since: new Date(-8.64e15) }, [one, two, three, four, five]],
    ['since the end of time', { since: new Date(8.64e15) }, []],
    [
      'all of it',
      { userId: 'ann', outcome: 'DENIED', field: 'Query.agents', since: hoursAgo(9), until: NOW },
      [five],
    ],
  ])('can be asked for by %s', async (_name, filter, expected) => {
    expect((await list(filter)).ids).toEqual(expected);
  });

  it('come in pages', async () => {
    expect(await list({ page: { first: 2 } })).toEqual({
      ids: [one, two],
      hasNextPage: true,
      hasPreviousPage: false,
    });
    expect(await list({ page: { first: 3, after: toCursor(two ?? '') } })).toEqual({
      ids: [three, four, five],
      hasNextPage: false,
      hasPreviousPage: true,
    });
    await expect(list({ page: { first: 101 } })).rejects.toThrow(InvalidInputError);
    await expect(list({ page: { after: 'x' } })).rejects.toThrow(InvalidInputError);
  });

  it.each([
    ['changed', 'update ambit.audit_event set count = 2'],
    [
      'replaced',
      `insert into ambit.audit_event select * from ambit.audit_event on conflict (id) do update set count = 2`,
    ],
    ['deleted', 'delete from ambit.audit_event'],
    ['deleted with an empty permission', `set local ambit.audit_before = ''; delete from ambit.audit_event`],
    [
      'deleted when they are newer than the permission',
      `set local ambit.audit_before = '${hoursAgo(5).toISOString()}'; delete from ambit.audit_event`,
    ],
    ['truncated', 'truncate ambit.audit_event'],
    [
      'truncated with a permission',
      `set local ambit.audit_before = '2100-01-01'; truncate ambit.audit_event`,
    ],
  ])('cannot be %s', async (_name, text) => {
    const act = database.db.transaction().execute(async (trx) => {
      for (const statement of text.split('; ')) await sql.raw(statement).execute(trx);
    });
    await expect(act).rejects.toThrow('The audit log is append-only.');
    expect((await list({})).ids).toHaveLength(5);
  });

  it('of the last day stay, whatever retention says', async () => {
    const { db } = database;
    const fresh = eventAt(new Date());
    await insertAuditEvents(db, [fresh]);
    const far = { before: new Date('2100-01-01'), limit: 100 };
    const raw = db.transaction().execute(async (trx) => {
      await sql`set local ambit.audit_before = '2100-01-01'`.execute(trx);
      await trx.deleteFrom('audit_event').where('id', '=', fresh.id).execute();
    });
    await expect(raw).rejects.toThrow('append-only');
    const rollback = new Error('rolled back');
    const tidied = db.transaction().execute(async (trx) => {
      expect(await deleteOldAuditEvents(trx, far)).toBe(5);
      expect((await listAuditEvents(trx, { page: {} })).rows.map(({ id }) => id)).toEqual([fresh.id]);
      throw rollback;
    });
    await expect(tidied).rejects.toBe(rollback);
  });

  it('that are old go in batches, the oldest first, and the permission ends with the transaction', async () => {
    const { db } = database;
    const batch = { before: hoursAgo(3), limit: 1 };
    const tidy = () => db.transaction().execute((trx) => deleteOldAuditEvents(trx, batch));
    expect([await tidy(), await tidy(), await tidy()]).toEqual([1, 1, 0]);
    expect((await list({ until: NOW })).ids).toEqual([one, two, three]);
    await expect(db.deleteFrom('audit_event').where('at', '<', NOW).execute()).rejects.toThrow('append-only');
  });
});
