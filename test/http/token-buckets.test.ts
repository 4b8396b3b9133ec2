import { describe, expect, test } from 'vitest';

import { TokenBuckets } from '../../src/http/token-buckets.ts';

/** Buckets of 60 tokens, one a second, over a clock that a test moves. */
function createBuckets(perMinute = 60, maxBuckets = 100) {
  const clock = { ms: Date.parse('2026-01-01T00:00:00Z') };
  const buckets = new TokenBuckets({ perMinute, maxBuckets, now: () => new Date(clock.ms) });
  return { clock, buckets };
}

describe('a bucket', () => {
  test('gives a minute of tokens at once, then as they come back', () => {
    const { buckets, clock } = createBuckets();
    for (let count = 0; count < 60; count++) expect(buckets.take('a')).toBeNull();
    expect(buckets.take('a')).toEqual({ retryAfterMs: 1000 });
    expect(buckets.lacks('a')).toEqual({ retryAfterMs: 1000 });
    clock.ms += 999;
    expect(buckets.take('a')).toEqual({ retryAfterMs: 1 });
    clock.ms += 1;
    expect(buckets.lacks('a')).toBeNull();
    expect(buckets.take('a')).toBeNull();
    expect(buckets.take('a', 30)).toEqual({ retryAfterMs: 30_000 });
  });

  test('is its own', () => {
    const { buckets } = createBuckets(1);
    expect(buckets.take('a')).toBeNull();
    expect(buckets.take('a')).toEqual({ retryAfterMs: 60_000 });
    expect(buckets.take('b')).toBeNull();
  });

  test('gives all that it holds to who asks for more, and nothing is lost by a refusal', () => {
    const { buckets, clock } = createBuckets();
    expect(buckets.take('a', 1000)).toBeNull();
    expect(buckets.take('a', 1000)).toEqual({ retryAfterMs: 60_000 });
    clock.ms += 60_000;
    expect(buckets.take('a', 1000)).toBeNull();
  });

  test('is not emptier than empty when the clock is set back', () => {
    const { buckets, clock } = createBuckets();
    buckets.take('a', 60);
    clock.ms -= 86_400_000;
    expect(buckets.take('a')).toEqual({ retryAfterMs: 1000 });
  });

  test('of 0 a minute is no limit', () => {
    const { buckets } = createBuckets(0);
    expect([buckets.take('a', 1e9), buckets.lacks('a'), buckets.size]).toEqual([null, null, 0]);
  });
});

describe('memory', () => {
  test('is bounded, whatever number of keys draws', () => {
    const { buckets } = createBuckets();
    for (let key = 0; key < 10_000; key++) expect(buckets.take(`key${key}`)).toBeNull();
    expect(buckets.size).toBe(100);
  });

  test('does not forget a drained bucket for thousands that drew a little', () => {
    const { buckets, clock } = createBuckets();
    buckets.take('attacker', 60);
    for (let key = 0; key < 10_000; key++) {
      buckets.take(`key${key}`);
      if (key % 100 === 0) clock.ms += 1;
    }
    expect(buckets.lacks('attacker')).not.toBeNull();
  });

  test('nor when most others are drained as far', () => {
    const { buckets } = createBuckets();
    buckets.take('attacker', 60);
    for (let key = 0; key < 98; key++) buckets.take(`helper${key}`, 60);
    for (let key = 0; key < 10_000; key++) buckets.take(`key${key}`);
    expect(buckets.lacks('attacker')).not.toBeNull();
  });

  test('is given back by keys that have not drawn for a minute', () => {
    const { buckets, clock } = createBuckets();
    for (let key = 0; key < 100; key++) buckets.take(`old${key}`, 60);
    clock.ms += 60_000;
    buckets.take('new');
    expect(buckets.size).toBe(1);
  });
});
