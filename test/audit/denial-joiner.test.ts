import { describe, expect, it } from 'vitest';

import type { CleanEntry } from '../../src/audit/clean-entry.ts';
import { DenialJoiner, OTHERS, OTHERS_OF_USER } from '../../src/audit/denial-joiner.ts';

const MINUTE_MS = 60_000;
const START = Date.UTC(2026, 0, 2);
const at = (ms: number): Date => new Date(START + ms);

function denial(values: Partial<CleanEntry> = {}): CleanEntry {
  return {
    outcome: 'DENIED',
    correlationId: 'id-1',
    transport: 'http',
    userId: 'ann',
    code: 'FORBIDDEN',
    reason: null,
    operationName: null,
    field: 'Query.config',
    path: ['config'],
    ids: {},
    required: [['config:read']],
    grants: [],
    ...values,
  };
}

function createJoiner(options: { kindsPerUser?: number; kinds?: number } = {}) {
  const joiner = new DenialJoiner({ windowMs: MINUTE_MS, kindsPerUser: 5, kinds: 8, ...options });
  joiner.take(at(0));
  return joiner;
}

describe('denials that are alike', () => {
  it('come out once at once, and once more with their number', () => {
    const joiner = createJoiner();
    const [first, second] = [denial(), denial({ correlationId: 'id-2', operationName: 'Other' })];
    expect(joiner.add(first, at(1))).toBe(first);
    expect(joiner.hasJoined).toBe(false);
    expect(joiner.add(second, at(2))).toBeNull();
    for (let n = 0; n < 9998; n += 1) expect(joiner.add(denial(), at(3 + n))).toBeNull();
    expect(joiner.hasJoined).toBe(true);
    expect(joiner.take(at(MINUTE_MS - 1))).toEqual([]);
    expect(joiner.take(at(MINUTE_MS))).toEqual([
      { entry: second, count: 9999, firstAt: at(2), at: at(3 + 9997) },
    ]);
    expect(joiner.take(at(3 * MINUTE_MS))).toEqual([]);
  });

  it('of another window begin anew', () => {
    const joiner = createJoiner();
    joiner.add(denial(), at(1));
    expect(joiner.take(at(MINUTE_MS))).toEqual([]);
    expect(joiner.add(denial(), at(MINUTE_MS + 1))).not.toBeNull();
  });

  it('come out when the clock is set back, and when nothing more will come', () => {
    const joiner = createJoiner();
    joiner.add(denial(), at(1));
    joiner.add(denial(), at(2));
    expect(joiner.take(at(-1))).toHaveLength(1);
    joiner.add(denial(), at(0));
    joiner.add(denial(), at(0));
    expect(joiner.takeAll()).toHaveLength(1);
  });

  it.each<[string, Partial<CleanEntry>]>([
    ['user', { userId: 'bob' }],
    ['no user', { userId: null }],
    ['field', { field: 'Query.agents' }],
    ['requirement', { required: [['config:write']] }],
    ['code', { code: 'NOT_FOUND' }],
    ['reason', { reason: 'another' }],
    ['transport', { transport: 'websocket' }],
  ])('are not those of another %s', (_name, values) => {
    const joiner = createJoiner();
    expect(joiner.add(denial(), at(1))).not.toBeNull();
    expect(joiner.add(denial(values), at(2))).not.toBeNull();
  });
});

describe('denials of too many kinds', () => {
  it('of one user make one kind more, and no others suffer', () => {
    const joiner = createJoiner({ kinds: 100 });
    const kinds = Array.from({ length: 50 }, (_, n) => denial({ field: `Query.f${n}`, ids: { id: 'x' } }));
    const outs = kinds.map((kind, n) => joiner.add(kind, at(n)));
    expect(outs.slice(0, 5)).toEqual(kinds.slice(0, 5));
    expect(outs[5]).toMatchObject({
      userId: 'ann',
      reason: OTHERS_OF_USER,
      field: null,
      ids: {},
      required: [],
    });
    expect(outs.slice(6).every((out) => out === null)).toBe(true);
    expect(joiner.add(denial({ userId: 'bob' }), at(99))).toMatchObject({ field: 'Query.config' });
    expect(joiner.add(kinds[0] ?? denial(), at(99))).toBeNull();
    const joined = joiner.takeAll();
    expect(joined.map(({ count }) => count).toSorted()).toEqual([1, 44]);
  });

  it('of many users are bounded in all, and every one is counted', () => {
    const joiner = createJoiner({ kinds: 8, kindsPerUser: 2 });
    let outs = 0;
    for (let n = 0; n < 1000; n += 1) {
      if (joiner.add(denial({ userId: `u${n % 100}`, field: `Query.f${n}` }), at(n)) !== null) outs += 1;
    }
    const joined = joiner.takeAll();
    expect(outs).toBe(9);
    expect(joined.length).toBeLessThanOrEqual(9);
    expect(joined.some(({ entry }) => entry.reason === OTHERS && entry.userId === null)).toBe(true);
    expect(outs + joined.reduce((sum, { count }) => sum + count, 0)).toBe(1000);
  });
});
