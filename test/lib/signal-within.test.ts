import { getEventListeners, once } from 'node:events';

import { describe, expect, it } from 'vitest';

import { signalWithin } from '../../src/lib/signal-within.ts';

describe('a bounded signal', () => {
  it('aborts when the time is up', async () => {
    const { signal } = signalWithin(1);
    await once(signal, 'abort');
    expect(signal.aborted).toBe(true);
  });

  it('aborts with the outer one, before and after', () => {
    const outer = new AbortController();
    const { signal, release } = signalWithin(60_000, outer.signal);
    outer.abort();
    expect(signal.aborted).toBe(true);
    release();
    const late = signalWithin(60_000, outer.signal);
    expect(late.signal.aborted).toBe(true);
    late.release();
  });

  it('leaves nothing behind once it is released', () => {
    const outer = new AbortController();
    const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const before = timers();
    const { signal, release } = signalWithin(60_000, outer.signal);
    release();
    expect(timers()).toBe(before);
    expect(getEventListeners(outer.signal, 'abort')).toEqual([]);
    outer.abort();
    expect(signal.aborted).toBe(false);
  });
});
