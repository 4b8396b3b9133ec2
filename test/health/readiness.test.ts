import { describe, expect, it } from 'vitest';

import { LoopLag } from '../../src/health/loop-lag.ts';
import { Readiness } from '../../src/health/readiness.ts';
import { SteadyLimit } from '../../src/health/steady-limit.ts';

describe('a steady limit', () => {
  it('is met at once, and left only after the value was low for a while', () => {
    const limit = new SteadyLimit({ above: 100, below: 20, holdMs: 1000 });
    const seen = [
      [0, 0],
      [100, 1],
      [101, 2],
      [20, 10],
      [20, 1009],
      [21, 1009.5],
      [0, 1010],
      [99, 1500],
      [0, 2000],
      [0, 2999],
      [0, 3000],
      [50, 3001],
    ].map(([value = 0, at = 0]) => limit.look(value, at));
    expect(seen).toEqual([false, false, true, true, true, true, true, true, true, true, false, false]);
  });
});

describe('the lag of the event loop', () => {
  it('is the average of the last eight ticks, one that is overdue among them', () => {
    let now = 0;
    using lag = new LoopLag(() => now);
    const tickAt = (at: number): number => {
      now = at;
      lag.tick();
      return lag.averageMs;
    };
    expect(tickAt(250)).toBe(0);
    expect(tickAt(1300)).toBe(100);
    now = 1550;
    expect(lag.averageMs).toBe(100);
    now = 3950;
    expect(lag.averageMs).toBe(400);
    expect(tickAt(3950)).toBe(400);
    for (let tick = 1; tick <= 6; tick += 1) expect(tickAt(3950 + 250 * tick)).toBe(400);
    expect(tickAt(3950 + 250 * 7)).toBe(300);
    expect(tickAt(3950 + 250 * 8)).toBe(0);
  });
});

describe('readiness', () => {
  it('names what hinders, each for itself, and lags for a while longer than they last', async () => {
    const state = { answers: true, held: true, flush: 0, loop: 0, now: 0 };
    const steady = { above: 100, below: 10, holdMs: 1000 };
    using readiness = new Readiness(
      {
        answers: async () => state.answers,
        isLeaseHeld: () => state.held,
        flushLagMs: () => state.flush,
        loopLagMs: () => state.loop,
      },
      { flush: steady, loop: steady },
      () => state.now,
    );
    expect(await readiness.hindrances()).toEqual([]);
    Object.assign(state, { answers: false, held: false, flush: 101, loop: 101 });
    expect(await readiness.hindrances()).toEqual(['database', 'lease', 'event log', 'event loop']);
    Object.assign(state, { answers: true, held: true, flush: 0, loop: 50, now: 10 });
    expect(await readiness.hindrances()).toEqual(['event log', 'event loop']);
    Object.assign(state, { loop: 0, now: 1010 });
    expect(await readiness.hindrances()).toEqual(['event loop']);
    state.now = 2010;
    expect(await readiness.hindrances()).toEqual([]);
  });
});
