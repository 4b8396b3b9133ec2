import { describe, expect, it, vi } from 'vitest';

import { UnavailableError } from '../../src/errors.ts';
import { entryOf, MemoryTable } from './audit-fixture.ts';

describe('the audit log', () => {
  it('writes what is recorded, soon and in order', async () => {
    const table = new MemoryTable();
    await using log = table.createLog();
    log.record(entryOf({ field: 'Query.a' }));
    log.record(entryOf({ field: 'Query.b', outcome: 'FAILED', code: 'CONFLICT' }));
    await vi.waitFor(() => expect(table.rows).toHaveLength(2));
    expect(table.rows).toMatchObject([
      { field: 'Query.a', outcome: 'DENIED', count: 1, nodeId: 'node-1' },
      { field: 'Query.b', outcome: 'FAILED', code: 'CONFLICT' },
    ]);
    expect(table.statements).toEqual([2]);
  });

  it('has what is stored in the database before it goes on, many in one statement', async () => {
    const table = new MemoryTable();
    await using log = table.createLog({ intervalMs: 60_000 });
    const gate = Promise.withResolvers<void>();
    table.hold = gate.promise;
    const entry = entryOf({ outcome: 'ALLOWED', code: null });
    let stored = 0;
    const store = async () => {
      await log.store(entry);
      stored += 1;
    };
    const first = store();
    await vi.waitFor(() => expect(table.statements).toEqual([1]));
    const others = Array.from({ length: 50 }, store);
    expect(stored).toBe(0);
    gate.resolve();
    await Promise.all([first, ...others]);
    expect(table.statements).toEqual([1, 50]);
    expect(table.rows).toHaveLength(51);
  });

  it('joins a flood to two rows, with exact numbers', async () => {
    const table = new MemoryTable();
    const log = table.createLog();
    for (let n = 0; n < 10_000; n += 1) log.record(entryOf({ correlationId: `id-${n}` }));
    await log[Symbol.asyncDispose]();
    expect(table.rows.map(({ count }) => count)).toEqual([1, 9999]);
    expect(table.rows[1]?.correlationId).toBe('id-1');
  });

  it('writes what was joined when the window is over, without anything new', async () => {
    const table = new MemoryTable();
    await using log = table.createLog({ windowMs: 30 });
    for (let n = 0; n < 5; n += 1) log.record(entryOf());
    await vi.waitFor(() => expect(table.total).toBe(5));
    expect(table.rows.length).toBeLessThan(5);
  });

  it('joins no mutations that were allowed, nor their failures', async () => {
    const table = new MemoryTable();
    const log = table.createLog();
    for (const outcome of ['ALLOWED', 'FAILED'] as const) {
      for (let n = 0; n < 3; n += 1) log.record(entryOf({ outcome }));
    }
    await log[Symbol.asyncDispose]();
    expect(table.rows).toHaveLength(6);
  });
});

describe('while the database is away', () => {
  it('events wait, and are written once when it is back', async () => {
    const table = new MemoryTable();
    await using log = table.createLog();
    table.isAway = true;
    log.record(entryOf({ field: 'Query.a' }));
    await vi.waitFor(() => expect(table.logged.join()).toContain('events wait'));
    log.record(entryOf({ field: 'Query.b' }));
    table.isAway = false;
    await vi.waitFor(() => expect(table.rows).toHaveLength(2), { timeout: 5000 });
    expect(table.rows.map(({ field }) => field)).toEqual(['Query.a', 'Query.b']);
    expect(table.logged.filter((line) => line.includes('events wait'))).toHaveLength(1);
  });

  it('who must wait is told UNAVAILABLE at once, and the event is written when it is back', async () => {
    const table = new MemoryTable();
    await using log = table.createLog({ storeTimeoutMs: 3_600_000 });
    table.isAway = true;
    const stored = log.store(entryOf({ outcome: 'ALLOWED' }));
    await expect(stored).rejects.toThrow(UnavailableError);
    table.isAway = false;
    await vi.waitFor(() => expect(table.rows).toHaveLength(1), { timeout: 5000 });
    await expect(log.store(entryOf({ outcome: 'ALLOWED' }))).resolves.toBeUndefined();
  });

  it('who must wait is told UNAVAILABLE in time when it never answers', async () => {
    const table = new MemoryTable();
    await using log = table.createLog({ storeTimeoutMs: 20, closeTimeoutMs: 20 });
    table.hold = new Promise(() => undefined);
    await expect(log.store(entryOf({ outcome: 'ALLOWED' }))).rejects.toThrow(UnavailableError);
  });

  it('a full queue keeps what came first, takes nothing more, and tells how much that was', async () => {
    const table = new MemoryTable();
    table.isAway = true;
    const log = table.createLog({ capacity: 10, kindsPerUser: 1000 });
    for (let n = 0; n < 25; n += 1) log.record(entryOf({ field: `Query.f${n}` }));
    await expect(log.store(entryOf({ outcome: 'ALLOWED' }))).rejects.toThrow(UnavailableError);
    table.isAway = false;
    await vi.waitFor(() => expect(table.rows).toHaveLength(11), { timeout: 5000 });
    expect(table.rows[9]?.field).toBe('Query.f9');
    expect(table.rows.find(({ outcome }) => outcome === 'DROPPED')).toMatchObject({
      count: 16,
      userId: null,
      field: null,
    });
    await log[Symbol.asyncDispose]();
    expect(table.total).toBe(26);
  });

  it('a stop ends in time, and says in the log what is lost', async () => {
    const table = new MemoryTable();
    const log = table.createLog({ closeTimeoutMs: 30 });
    table.isAway = true;
    log.record(entryOf());
    const waiting = log.store(entryOf({ outcome: 'ALLOWED' })).catch((error: unknown) => error);
    await log[Symbol.asyncDispose]();
    expect(await waiting).toBeInstanceOf(UnavailableError);
    expect(table.logged.join()).toContain('"events":2');
  });

  it('a statement that never answers does not hold a stop up', async () => {
    const table = new MemoryTable();
    const log = table.createLog({ closeTimeoutMs: 30 });
    table.hold = new Promise(() => undefined);
    log.record(entryOf());
    await vi.waitFor(() => expect(table.statements).toHaveLength(1));
    await expect(log[Symbol.asyncDispose]()).resolves.toBeUndefined();
  });
});

describe('a row that the database refuses', () => {
  it('is the only one to be dropped, and its mutation does not begin', async () => {
    const table = new MemoryTable();
    table.refuses = ({ field }) => field === 'Mutation.bad';
    const log = table.createLog();
    const good = log.store(entryOf({ outcome: 'ALLOWED', field: 'Mutation.good' }));
    const bad = log.store(entryOf({ outcome: 'ALLOWED', field: 'Mutation.bad' }));
    const late = log.store(entryOf({ outcome: 'ALLOWED', field: 'Mutation.late' }));
    await expect(bad).rejects.toThrow(UnavailableError);
    await expect(Promise.all([good, late])).resolves.toHaveLength(2);
    await log[Symbol.asyncDispose]();
    expect(table.rows.map(({ field, outcome }) => field ?? outcome)).toEqual([
      'Mutation.good',
      'Mutation.late',
      'DROPPED',
    ]);
  });

  it('does not busy the process when it is the one that tells of dropped ones', async () => {
    const table = new MemoryTable();
    table.refuses = () => true;
    const log = table.createLog({ closeTimeoutMs: 300 });
    for (let n = 0; n < 3; n += 1) log.record(entryOf({ outcome: 'FAILED' }));
    await log[Symbol.asyncDispose]();
    expect(table.logged.length).toBeLessThan(10);
    expect(table.logged.join()).toContain('"events":3');
  });
});

it('nothing is taken in after the end', async () => {
  const table = new MemoryTable();
  const log = table.createLog();
  await log[Symbol.asyncDispose]();
  await log[Symbol.asyncDispose]();
  log.record(entryOf());
  await expect(log.store(entryOf())).rejects.toThrow(UnavailableError);
  expect(table.rows).toEqual([]);
});
