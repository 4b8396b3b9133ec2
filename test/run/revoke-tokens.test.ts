import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { UnauthenticatedError } from '../../src/errors.ts';
import { delay } from '../../src/lib/delay.ts';
import { createLogger } from '../../src/lib/logger.ts';
import { uuidV7 } from '../../src/lib/uuid-v7.ts';
import { RevocationWatch } from '../../src/run/revocation-watch.ts';
import { revokeTokens } from '../../src/run/revoke-tokens.ts';
import { submitRun } from '../../src/run/submit-run.ts';
import { GrantSet } from '../../src/scope/grant-set.ts';
import { RevocationList } from '../../src/scope/revocation-list.ts';
import { type Revocation } from '../../src/scope/revocation.ts';
import { deleteOldRevocations, listRevocations, storeRevocation } from '../../src/store/revocation.ts';
import { findRunById } from '../../src/store/run.ts';
import { type Db } from '../../src/store/tables.ts';
import { createTestDatabase, DATABASE_KINDS, type TestDatabase } from '../_util/test-database.ts';

const log = createLogger('silent');
const ROUNDS = 15;
const now = (): Date => new Date();

function byToken(tokenId: string, keepUntil: Date | null = null): Revocation {
  return { kind: 'token', tokenId, keepUntil };
}

function submit(db: Db, tokenId: string, enqueue = async (): Promise<void> => undefined) {
  const starter = { id: 'ann', tokenId, issuedAt: now(), grants: new GrantSet(['agents:run']) };
  const request = {
    agentId: 'bot',
    message: 'hi',
    sessionId: null,
    userId: null,
    runId: uuidV7(),
    idempotencyKey: null,
  };
  return submitRun(
    { db, dispatch: { enqueue } },
    { ...request, starter, onBusy: 'ENQUEUE' as const, now: now() },
  );
}

describe.each(DATABASE_KINDS)('revoking on %s', (kind) => {
  let database: TestDatabase;
  const list = new RevocationList();
  const told: string[] = [];
  beforeAll(async () => {
    database = await createTestDatabase(kind);
  });
  afterAll(() => database[Symbol.asyncDispose]());

  const revoke = (revocation: Revocation): Promise<number> =>
    revokeTokens(
      {
        db: database.db,
        list,
        notifier: { tellRevocations: () => void told.push('revoked') },
        engine: { endCancelled: async () => undefined },
        now,
      },
      revocation,
      'root',
    );

  it('is known here when it returns, and others are told', async () => {
    const tokenId = uuidV7();
    expect(await revoke(byToken(tokenId))).toBe(0);
    expect(list.isRevoked({ id: '', tokenId, issuedAt: now() })).toBe(true);
    expect(told.length).toBeGreaterThan(0);
  });

  it('refuses the run that comes after it', async () => {
    const tokenId = uuidV7();
    await revoke(byToken(tokenId));
    await expect(submit(database.db, tokenId)).rejects.toThrow(UnauthenticatedError);
    await expect(submit(database.db, `not ${tokenId}`)).resolves.toMatchObject({ replayed: false });
  });

  it.runIf(kind === 'postgres')('waits for the run that is being stored, and marks it', async () => {
    const tokenId = uuidV7();
    const stored = Promise.withResolvers<void>();
    const goOn = Promise.withResolvers<void>();
    const submitting = submit(database.db, tokenId, async () => {
      stored.resolve();
      await goOn.promise;
    });
    await stored.promise;
    const revoking = revoke(byToken(tokenId));
    expect(await Promise.race([revoking, delay(100).then(() => 'waits')])).toBe('waits');
    goOn.resolve();
    const { run } = await submitting;
    expect(await revoking).toBe(1);
    expect((await findRunById(database.db, run.id))?.cancelRequestedAt).not.toBeNull();
  });

  it('leaves no run unmarked, in whatever order the two come', async () => {
    const outcomes = { refused: 0, marked: 0 };
    for (let round = 0; round < ROUNDS; round += 1) {
      const tokenId = uuidV7();
      const submitting = [1, 2, 3].map(() => submit(database.db, tokenId).catch(() => null));
      const revoking =
        round % 2 === 0 ? revoke(byToken(tokenId)) : delay(1).then(() => revoke(byToken(tokenId)));
      const later = submit(database.db, tokenId).catch(() => null);
      const marked = await revoking;
      const runs = (await Promise.all([...submitting, later])).filter((answer) => answer !== null);
      expect(marked).toBe(runs.length);
      for (const { run } of runs)
        expect((await findRunById(database.db, run.id))?.cancelRequestedAt).not.toBeNull();
      outcomes.marked += marked;
      outcomes.refused += 4 - marked;
    }
    expect(outcomes.marked + outcomes.refused).toBe(4 * ROUNDS);
  });

  it('is found by those who look, whatever the order of commits, and nothing is missed', async () => {
    const other = new RevocationList();
    let found = 0;
    using watch = new RevocationWatch({
      db: database.db,
      list: other,
      onFound: () => (found += 1),
      now,
      log,
      pollMs: null,
    });
    await watch.load();
    const before = other.size;
    const ids = Array.from({ length: 60 }, () => uuidV7());
    const looking = new AbortController();
    const looks = (async () => {
      while (!looking.signal.aborted) await watch.look();
    })();
    // Each in a transaction of its own, of which several are open at once.
    await Promise.all(ids.map((tokenId) => revoke(byToken(tokenId))));
    looking.abort();
    await looks;
    await watch.look();
    expect(other.size).toBe(before + ids.length);
    expect(found).toBeGreaterThan(0);
  });

  it('of a hundred thousand tokens is loaded, page by page', async () => {
    await database.execute(
      `insert into ambit.revocation (kind, subject, revoked_at, revoked_by)
       select 'token', 'many ' || n, now(), 'root' from generate_series(1, 100000) n`,
      [],
    );
    const other = new RevocationList();
    using watch = new RevocationWatch({
      db: database.db,
      list: other,
      onFound: () => undefined,
      now,
      log,
      pollMs: null,
    });
    await watch.load();
    expect(other.size).toBeGreaterThanOrEqual(100_000);
    for (const n of [1, 10_000, 10_001, 100_000])
      expect(other.isRevoked({ id: '', tokenId: `many ${n}`, issuedAt: null })).toBe(true);
    await database.execute(`delete from ambit.revocation where subject like 'many %'`, []);
  });

  it('is kept as long as a token that it names may be good, and no longer', async () => {
    const [kept, gone, again] = [uuidV7(), uuidV7(), uuidV7()];
    const at = new Date('2026-06-01T00:00:00Z');
    const store = (revocation: Revocation) =>
      database.db
        .transaction()
        .execute((trx) => storeRevocation(trx, revocation, { revokedBy: 'root', now: at }));
    await store(byToken(kept));
    await store(byToken(gone, at));
    await store(byToken(again, at));
    // Whoever does not know when it expires has it kept.
    await store(byToken(again));
    await store(byToken(kept, at));
    await deleteOldRevocations(database.db, new Date(at.getTime() + 1));
    const rows = await listRevocations(database.db, { after: 0, limit: 10_000 });
    const ids = new Set(
      rows.flatMap(({ revocation }) => (revocation.kind === 'token' ? [revocation.tokenId] : [])),
    );
    expect([kept, gone, again].map((id) => ids.has(id))).toEqual([true, false, true]);
  });
});
