import { describe, expect, it } from 'vitest';

import { createLogger } from '../../src/lib/logger.ts';
import { uuidV7 } from '../../src/lib/uuid-v7.ts';
import { type Hint, Notifier } from '../../src/run/notifier.ts';

const log = createLogger('silent');

function createNotifier(nodeId: string, hasPeers = true) {
  const sent: string[] = [];
  const notifier = new Notifier({
    nodeId,
    send: async (text) => void sent.push(text),
    hasPeers: () => hasPeers,
    log,
    intervalMs: 1_000_000,
  });
  return { notifier, sent };
}

describe('the notifier', () => {
  it('tells many things in one notification, each once, and others read what it wrote', async () => {
    const { notifier, sent } = createNotifier('a');
    const ids = [uuidV7(), uuidV7()];
    for (const id of [...ids, ...ids]) notifier.tellRun(id);
    notifier.tellJobs();
    await notifier.flush();
    expect(sent).toHaveLength(1);
    expect(createNotifier('b').notifier.parse(sent[0] ?? '')).toEqual({
      runIds: ids,
      hasJobs: true,
      hasRevocations: false,
    });
    expect(notifier.parse(sent[0] ?? '')).toBeNull();
    await notifier.flush();
    expect(sent).toHaveLength(1);
  });

  it('stays below what a notification holds', async () => {
    const { notifier, sent } = createNotifier('0123456789abcdef');
    const ids = Array.from({ length: 1001 }, () => uuidV7());
    for (const id of ids) notifier.tellRun(id);
    notifier.tellJobs();
    await notifier.flush();
    expect(Math.max(...sent.map((text) => Buffer.byteLength(text)))).toBeLessThan(8000);
    const hints = sent.map((text) => createNotifier('b').notifier.parse(text) as Hint);
    expect(hints.flatMap(({ runIds }) => runIds)).toEqual(ids);
    expect(hints.filter(({ hasJobs }) => hasJobs)).toHaveLength(1);
  });

  it('says nothing when nobody else is there, and understands no strangers', async () => {
    const { notifier, sent } = createNotifier('a', false);
    notifier.tellRun(uuidV7());
    notifier.tellJobs();
    await notifier.flush();
    expect(sent).toEqual([]);
    for (const text of ['', 'x', 'b jobs']) expect(notifier.parse(text)).toBeNull();
    expect(notifier.parse('b - ')).toEqual({
      runIds: [],
      hasJobs: false,
      hasRevocations: false,
    });
  });

  it('tells of revocations at once, and whether or not anybody is known to be there', async () => {
    const { notifier, sent } = createNotifier('a', false);
    notifier.tellRevocations();
    await notifier.flush();
    expect(sent).toHaveLength(1);
    const { notifier: other } = createNotifier('b');
    expect(other.parse(sent[0] ?? '')).toEqual({ runIds: [], hasJobs: false, hasRevocations: true });
    expect(other.parse('a jobs+revoked ')).toEqual({ runIds: [], hasJobs: true, hasRevocations: true });
  });
});
