import { describe, expect, it } from 'vitest';

import { toIsoDate } from '../../../src/agent/web-search/to-iso-date.ts';

describe('toIsoDate', () => {
  it.each<[unknown, string | null]>([
    [1_763_978_400, '2025-11-24T10:00:00.000Z'],
    ['2026-10-31T00:00:00.0000000', '2026-10-31T00:00:00.000Z'],
    ['2026-10-31', '2026-10-31T00:00:00.000Z'],
    ['2026-10-31T05:06', '2026-10-31T05:06:00.000Z'],
    ['2026-10-31T02:00:00+02:00', '2026-10-31T00:00:00.000Z'],
    ['Wed, 05 Nov 2025 01:00:00 GMT', '2025-11-05T01:00:00.000Z'],
    ['2 hours ago', null],
    ['2026-13-45', null],
    ['', null],
    [Number.NaN, null],
    [1e300, null],
    [-5, null],
    [null, null],
    [{}, null],
  ])('reads %j as %j', (value, date) => {
    expect(toIsoDate(value)).toBe(date);
  });
});
