import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { type Found, FaultSuite } from './fault-suite.ts';
import { findPostgresPrograms } from './postgres-server.ts';

const programs = findPostgresPrograms();
if (programs === null && (process.env['CI'] ?? '') !== '')
  throw new Error('In CI, the server programs of Postgres must be there.');

describe.runIf(programs !== null)('two servers on one Postgres that everything happens to', () => {
  let suite: FaultSuite;
  let found: Found[];

  beforeAll(async () => {
    suite = await FaultSuite.start({
      programs: programs ?? '',
      seed: 7,
      durationMs: 20_000,
      atOnce: 8,
      gapMs: { min: 500, max: 2000 },
    });
    found = await suite.run();
  }, 180_000);

  afterAll(async () => {
    await suite[Symbol.asyncDispose]();
  }, 60_000);

  it('lose nothing, double nothing, and bring every run to a true end', () => {
    expect(found).toEqual([]);
    const { runs, events, eventsSeen, reconnects, attempts, kills, stops, freezes } = suite.counts;
    // How many there are is up to the machine; that there are some shows that the checks had something to look at.
    expect({ runs, events, eventsSeen, reconnects }).toMatchObject({
      runs: expect.toSatisfy((count: number) => count > 4),
      events: expect.toSatisfy((count: number) => count > 100),
      eventsSeen: expect.toSatisfy((count: number) => count > 2 * events),
      reconnects: expect.toSatisfy((count: number) => count > 10),
    });
    expect(kills + stops + freezes).toBeGreaterThan(3);
    // Some went on elsewhere.
    expect(attempts).toBeGreaterThan(runs);
  });

  it.each([
    [
      'an event that is gone from the log',
      'lost',
      `delete from ambit.run_event where (run_id, seq) = (
        select id, last_seq - 1 from ambit.run where status = 'COMPLETED' order by id limit 1)`,
    ],
    [
      'a second RunFinished',
      'end',
      `insert into ambit.run_event (run_id, seq, type, payload, at)
        select id, last_seq + 1, 'RunFinished', '{}', now() from ambit.run where status = 'COMPLETED' order by id desc limit 1`,
    ],
    [
      'a run that was ended and has no end',
      'end',
      `update ambit.run set status = 'RUNNING' where id = (
        select id from ambit.run where status = 'COMPLETED' order by id offset 2 limit 1)`,
    ],
    [
      'text that was changed',
      'text',
      `update ambit.run set output = output || '!' where id = (
        select id from ambit.run where status = 'COMPLETED' order by id offset 3 limit 1)`,
    ],
  ])('%s, put in by hand, is found', async (_what, kind, statement) => {
    const { rowCount } = await suite.withDatabase((client) => client.query(statement));
    expect(rowCount).toBe(1);
    const problems = (await suite.check()).map(({ problem }) => problem.kind);
    expect(problems).toContain(kind);
  });
});
