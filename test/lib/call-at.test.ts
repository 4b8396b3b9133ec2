import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { callAt } from '../../src/lib/call-at.ts';

beforeEach(() => void vi.useFakeTimers({ now: 0 }));
afterEach(() => void vi.useRealTimers());

const DAY_MS = 86_400_000;

test.each([0, 1, 1000, 2 ** 31 - 1, 2 ** 31, 40 * DAY_MS, 400 * DAY_MS])(
  'fires after %d ms, once and not before',
  (delayMs) => {
    const callback = vi.fn<() => void>();
    callAt(new Date(delayMs), callback);
    if (delayMs > 0) {
      vi.advanceTimersByTime(delayMs - 1);
      expect(callback).not.toHaveBeenCalled();
    }
    vi.advanceTimersByTime(1);
    expect(callback).toHaveBeenCalledOnce();
    vi.advanceTimersByTime(100 * DAY_MS);
    expect(callback).toHaveBeenCalledOnce();
  },
);

test('fires as soon as may be for an instant that is past', () => {
  const callback = vi.fn<() => void>();
  callAt(new Date(-5), callback);
  vi.advanceTimersByTime(1);
  expect(callback).toHaveBeenCalledOnce();
});

test('is called off, also after it has been armed again', () => {
  const callback = vi.fn<() => void>();
  const callOff = callAt(new Date(40 * DAY_MS), callback);
  vi.advanceTimersByTime(30 * DAY_MS);
  callOff();
  vi.advanceTimersByTime(30 * DAY_MS);
  expect(callback).not.toHaveBeenCalled();
});
