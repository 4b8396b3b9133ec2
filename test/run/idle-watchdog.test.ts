import { describe, expect, test } from 'vitest';

import { type Clock, IdleWatchdog } from '../../src/run/idle-watchdog.ts';

class ManualClock implements Clock {
  readonly alarms = new Map<() => void, number>();
  armed = 0;
  #now = 0;

  now(): number {
    return this.#now;
  }

  after(delayMs: number, run: () => void): () => void {
    this.armed += 1;
    this.alarms.set(run, this.#now + delayMs);
    return () => this.alarms.delete(run);
  }

  /** Goes on millisecond by millisecond; `stall` jumps there and lets the alarms go off late. */
  advance(ms: number): void {
    const end = this.#now + ms;
    while (this.#now < end) {
      this.#now += 1;
      this.#ring();
    }
  }

  stall(ms: number): void {
    this.#now += ms;
    this.#ring();
  }

  #ring(): void {
    for (const [run, dueAt] of this.alarms) {
      if (dueAt > this.#now) continue;
      this.alarms.delete(run);
      run();
    }
  }
}

function createWatchdog(limitMs: number) {
  const clock = new ManualClock();
  const expiries: number[] = [];
  const watchdog = new IdleWatchdog(limitMs, () => expiries.push(clock.now()), clock);
  return { clock, expiries, watchdog };
}

describe('IdleWatchdog', () => {
  test('expires once, when the limit is over', () => {
    const { clock, expiries, watchdog } = createWatchdog(100);
    watchdog.wait();
    clock.advance(99);
    expect(watchdog.hasExpired).toBe(false);
    clock.advance(500);
    watchdog.wait();
    clock.advance(500);
    expect(expiries).toEqual([100]);
    expect(watchdog.hasExpired).toBe(true);
  });

  test('does nothing before the first wait', () => {
    const { clock, expiries } = createWatchdog(100);
    clock.advance(1000);
    expect(expiries).toEqual([]);
  });

  test('each reset begins the silence anew, and sets no alarm of its own', () => {
    const { clock, expiries, watchdog } = createWatchdog(100);
    watchdog.wait();
    for (let count = 0; count < 1000; count += 1) {
      clock.advance(1);
      watchdog.reset(100);
    }
    expect(clock.armed).toBeLessThanOrEqual(11);
    clock.advance(100);
    expect(expiries).toEqual([1100]);
  });

  test('time with the consumer does not count, however long', () => {
    const { clock, expiries, watchdog } = createWatchdog(100);
    watchdog.wait();
    clock.advance(60);
    watchdog.hold();
    clock.advance(100_000);
    expect(clock.alarms.size).toBe(0);
    watchdog.wait();
    clock.advance(39);
    expect(expiries).toEqual([]);
    clock.advance(1);
    expect(expiries).toHaveLength(1);
  });

  test('many short waits without a reset add up', () => {
    const { clock, expiries, watchdog } = createWatchdog(100);
    for (let count = 0; count < 9; count += 1) {
      watchdog.wait();
      clock.advance(11);
      watchdog.hold();
      clock.advance(50);
    }
    watchdog.wait();
    clock.advance(1);
    expect(expiries).toHaveLength(1);
  });

  test('a reset also forgets the waits before the last hold', () => {
    const { clock, expiries, watchdog } = createWatchdog(100);
    watchdog.wait();
    clock.advance(90);
    watchdog.hold();
    watchdog.wait();
    watchdog.reset(100);
    clock.advance(99);
    expect(expiries).toEqual([]);
    clock.advance(1);
    expect(expiries).toEqual([190]);
  });

  test.each([
    { from: 1000, to: 50, expiry: 60 },
    { from: 50, to: 1000, expiry: 1010 },
  ])('a reset from $from ms to $to ms counts from the reset', ({ from, to, expiry }) => {
    const { clock, expiries, watchdog } = createWatchdog(from);
    watchdog.wait();
    clock.advance(10);
    watchdog.reset(to);
    clock.advance(2000);
    expect(expiries).toEqual([expiry]);
  });

  test('a shorter limit set while the consumer holds counts from the next wait', () => {
    const { clock, expiries, watchdog } = createWatchdog(1000);
    watchdog.wait();
    watchdog.hold();
    watchdog.reset(50);
    clock.advance(500);
    watchdog.wait();
    clock.advance(49);
    expect(expiries).toEqual([]);
    clock.advance(1);
    expect(expiries).toEqual([550]);
  });

  test('a process that stood still gives the endpoint one more second to be heard', () => {
    const { clock, expiries, watchdog } = createWatchdog(100);
    watchdog.wait();
    clock.stall(60_000);
    expect(expiries).toEqual([]);
    watchdog.reset(100);
    clock.stall(60_000);
    clock.advance(1000);
    expect(expiries).toEqual([121_000]);
  });

  test('a stopped watchdog leaves no alarm behind', () => {
    const { clock, expiries, watchdog } = createWatchdog(100);
    watchdog.wait();
    watchdog.stop();
    expect(clock.alarms.size).toBe(0);
    clock.advance(1000);
    expect(expiries).toEqual([]);
  });
});
