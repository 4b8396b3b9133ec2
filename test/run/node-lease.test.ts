import { describe, expect, it } from 'vitest';

import { createLogger } from '../../src/lib/logger.ts';
import { NodeLease } from '../../src/run/node-lease.ts';
import { registerNode, removeNode } from '../../src/store/node.ts';
import { createTestDatabase, DATABASE_KINDS } from '../_util/test-database.ts';

const log = createLogger('silent');
const ID = '00000000000000cc';

describe.each(DATABASE_KINDS)('the lease of a node on %s', (kind) => {
  it('is lost a fifth before it runs out, told once, and held again by the next renewal', async () => {
    await using database = await createTestDatabase(kind);
    const told: string[] = [];
    let clock = 0;
    const lease = new NodeLease({
      db: database.db,
      nodeId: ID,
      leaseSeconds: 1000,
      onLost: () => told.push('lost'),
      onHeld: () => told.push('held'),
      log,
      monotonicNow: () => clock,
    });
    expect(lease.isHeld).toBe(false);
    await lease.start();
    clock = 799_999;
    expect(lease.isHeld).toBe(true);
    await lease.renew();
    clock += 799_999;
    expect(lease.isHeld).toBe(true);
    clock += 1;
    expect([lease.isHeld, lease.isHeld]).toEqual([false, false]);
    expect(told).toEqual(['held', 'lost']);
    await lease.renew();
    expect(lease.isHeld).toBe(true);
    expect(told).toEqual(['held', 'lost', 'held']);
    await lease.stop();
    expect(await database.db.selectFrom('node').select('id').where('id', '=', ID).execute()).toEqual([]);
  });

  it('is lost when the database says so, before anything is begun anew', async () => {
    await using database = await createTestDatabase(kind);
    const told: string[] = [];
    const lease = new NodeLease({
      db: database.db,
      nodeId: ID,
      leaseSeconds: 1000,
      onLost: () => told.push('lost'),
      onHeld: () => told.push('held'),
      log,
    });
    await lease.start();
    await registerNode(database.db, ID, -1);
    await lease.renew();
    expect(told).toEqual(['held', 'lost', 'held']);
    await removeNode(database.db, ID);
    await lease.renew();
    expect(told).toEqual(['held', 'lost', 'held', 'lost', 'held']);
    expect(lease.isHeld).toBe(true);
    await lease.stop();
  });

  it('knows of other nodes that live', async () => {
    await using database = await createTestDatabase(kind);
    const options = { db: database.db, leaseSeconds: 1000, onLost: () => undefined, log };
    const [one, two] = [
      new NodeLease({ ...options, nodeId: ID }),
      new NodeLease({ ...options, nodeId: 'dd' }),
    ];
    await one.start();
    await two.start();
    await registerNode(database.db, 'dead', -1);
    await one.renew();
    const before = one.hasPeers;
    await two.stop();
    await removeNode(database.db, database.nodeId);
    await one.renew();
    expect([before, one.hasPeers]).toEqual([true, false]);
    await one.stop();
  });
});
