import { describe, expect, it } from 'vitest';

import { NotFoundError, UnavailableError } from '../../src/errors.ts';
import { cancelRun, type CancelOptions, deleteSessionWithRuns } from '../../src/run/cancel-run.ts';
import { findRunById, requestCancel } from '../../src/store/run.ts';
import { findSession } from '../../src/store/session.ts';
import { DATABASE_KINDS } from '../_util/test-database.ts';
import { startEngine } from './engine-fixture.ts';

describe.each(DATABASE_KINDS)('cancelling on %s', (kind) => {
  it('a run that another process executes and does not end answers as it is, after the time', async () => {
    await using fixture = await startEngine(kind);
    const run = await fixture.store.running();
    const over = await cancelRun({ ...fixture, timeoutMs: 20 }, { owners: ['ada'], run });
    expect(over).toMatchObject({ status: 'RUNNING', cancelRequestedAt: expect.any(Date) });
  });

  it('a run of somebody else changes nothing', async () => {
    await using fixture = await startEngine(kind);
    const run = await fixture.queue();
    await cancelRun({ ...fixture, timeoutMs: 20 }, { owners: ['eve'], run });
    expect(await findRunById(fixture.database.db, run.id)).toMatchObject({
      status: 'QUEUED',
      cancelRequestedAt: null,
    });
  });

  it('a run that is deleted meanwhile is a NotFoundError', async () => {
    await using fixture = await startEngine(kind);
    const run = await fixture.queue();
    const { db } = fixture.database;
    await deleteSessionWithRuns(db, fixture, { owners: 'all', sessionId: run.sessionId });
    await expect(cancelRun(fixture, { owners: 'all', run })).rejects.toBeInstanceOf(NotFoundError);
  });

  it('a session with a run that does not end is kept, and nobody waits for ever', async () => {
    await using fixture = await startEngine(kind);
    const { db } = fixture.database;
    const session = await fixture.store.session();
    const running = await fixture.store.running(session);
    const queued = await fixture.queue(session);
    const options = { ...fixture, timeoutMs: 20 };
    const deleted = deleteSessionWithRuns(db, options, { owners: 'all', sessionId: session.id });
    await expect(deleted).rejects.toBeInstanceOf(UnavailableError);
    expect(await findSession(db, 'all', session.id)).not.toBeNull();
    expect(await findRunById(db, queued.id)).toMatchObject({ status: 'CANCELLED' });
    expect(await findRunById(db, running.id)).toMatchObject({ status: 'RUNNING' });
  });

  it('a run that is accepted while its session is being deleted is ended before it goes', async () => {
    await using fixture = await startEngine(kind);
    const { db } = fixture.database;
    const session = await fixture.store.session({ agentId: 'bot' });
    const first = await fixture.queue(session);
    let late: string | null = null;
    const ends: string[] = [];
    const options: CancelOptions = {
      engine: fixture.engine,
      reader: {
        async waitForEnd(run, timeoutMs) {
          const over = await fixture.reader.waitForEnd(run, timeoutMs);
          ends.push(`${run.id} ${over?.status}`);
          late ??= (await fixture.queue(session)).id;
          return over;
        },
      },
    };
    expect(await deleteSessionWithRuns(db, options, { owners: 'all', sessionId: session.id })).toBe(true);
    expect(ends).toEqual([`${first.id} CANCELLED`, `${late} CANCELLED`]);
  });

  it('is remembered by the first request', async () => {
    await using fixture = await startEngine(kind);
    const { id } = await fixture.store.running();
    const first = await requestCancel(fixture.database.db, 'all', { id, now: new Date(1000) });
    const second = await requestCancel(fixture.database.db, 'all', { id, now: new Date(2000) });
    expect(second?.cancelRequestedAt).toEqual(first?.cancelRequestedAt);
  });
});
