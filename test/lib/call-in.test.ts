import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { callIn } from '../../src/lib/call-in.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('calls after so long, once and not before', () => {
  const act = vi.fn<() => void>();
  callIn(30, act);
  vi.advanceTimersByTime(29);
  expect(act).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1000);
  expect(act).toHaveBeenCalledOnce();
});

test.each([0, -5])('calls in this turn of the loop for %d ms, and not before what is under way', (ms) => {
  const act = vi.fn<() => void>();
  callIn(ms, act);
  expect(act).not.toHaveBeenCalled();
  vi.advanceTimersByTime(0);
  expect(act).toHaveBeenCalledOnce();
});

test.each([0, 30])('is called off when %d ms were asked for', (ms) => {
  const act = vi.fn<() => void>();
  callIn(ms, act)();
  vi.advanceTimersByTime(1000);
  expect(act).not.toHaveBeenCalled();
});
