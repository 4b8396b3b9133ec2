import { describe, expect, test } from 'vitest';

import { isUuid } from '../../src/lib/is-uuid.ts';
import { uuidV7 } from '../../src/lib/uuid-v7.ts';

const FUTURE = 4_000_000_000_000;

describe('uuidV7', () => {
  test('is a UUID of version 7 and the RFC’s variant that begins with the time', () => {
    // The example of RFC 9562, appendix A.6.
    const id = uuidV7(0x017f22e279b0);
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(id.startsWith('017f22e2-79b0-7')).toBe(true);
    expect(isUuid(id)).toBe(true);
  });

  test('those of one millisecond sort in the order they were made and are unique, also past the counter’s end', () => {
    const ids = Array.from({ length: 10_000 }, () => uuidV7(FUTURE));
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.toSorted()).toEqual(ids);
  });

  test('a clock set back by a little does not break the order', () => {
    const ids = [uuidV7(FUTURE + 50_000), uuidV7(FUTURE + 49_000), uuidV7(FUTURE + 50_001)];
    expect(ids.toSorted()).toEqual(ids);
  });

  test('without an instant it is of now', () => {
    const before = Date.now();
    const ms = Number.parseInt(uuidV7().replaceAll('-', '').slice(0, 12), 16);
    expect(ms).toBeGreaterThanOrEqual(before);
  });
});

describe('isUuid', () => {
  test.each(['00000000-0000-0000-0000-000000000000', 'FFFFFFFF-FFFF-4FFF-8FFF-FFFFFFFFFFFF'])(
    '%s is one',
    (text) => {
      expect(isUuid(text)).toBe(true);
    },
  );

  test.each([
    '',
    'x',
    '00000000000000000000000000000000',
    '{00000000-0000-0000-0000-000000000000}',
    '00000000-0000-0000-0000-00000000000',
    '00000000-0000-0000-0000-0000000000000',
    '00000000-0000-0000-0000-000000000000\n',
    'g0000000-0000-0000-0000-000000000000',
  ])('%j is none', (text) => {
    expect(isUuid(text)).toBe(false);
  });
});
