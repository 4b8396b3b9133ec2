import { expect, it } from 'vitest';

import { readRetryAfterMs } from '../../src/run/read-retry-after.ts';

const NOW = new Date('2026-01-02T03:04:05.000Z');

it.each<[Record<string, string>, number | null]>([
  [{}, null],
  [{ 'retry-after': '2' }, 2000],
  [{ 'retry-after': ' 0 ' }, 0],
  [{ 'retry-after': '1.5' }, 1500],
  [{ 'retry-after': 'Fri, 02 Jan 2026 03:04:15 GMT' }, 10_000],
  [{ 'retry-after': 'Fri, 02 Jan 2026 03:03:00 GMT' }, 0],
  [{ 'retry-after': '-1' }, null],
  [{ 'retry-after': 'soon' }, null],
  [{ 'retry-after': '' }, null],
  [{ 'retry-after': '1e9' }, null],
  [{ 'retry-after-ms': '250' }, 250],
  [{ 'retry-after-ms': '250', 'retry-after': '9' }, 250],
  [{ 'retry-after-ms': 'x', 'retry-after': '9' }, 9000],
])('%j asks to wait for %s ms', (headers, expected) => {
  expect(readRetryAfterMs(new Headers(headers), NOW)).toBe(expected);
});
