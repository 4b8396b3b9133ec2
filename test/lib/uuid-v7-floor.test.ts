import { expect, test } from 'vitest';

import { isUuid } from '../../src/lib/is-uuid.ts';
import { uuidV7 } from '../../src/lib/uuid-v7.ts';
import { uuidV7Floor } from '../../src/lib/uuid-v7-floor.ts';

test.each([
  [0, '00000000-0000-0000-0000-000000000000'],
  [1, '00000000-0001-0000-0000-000000000000'],
  [-1, '00000000-0000-0000-0000-000000000000'],
  [1_645_557_742_000, '017f22e2-79b0-0000-0000-000000000000'], // RFC 9562, appendix A.6
  [8.64e15, 'ffffffff-ffff-0000-0000-000000000000'],
])('the floor of %i ms is %s', (ms, floor) => {
  expect(uuidV7Floor(new Date(ms))).toBe(floor);
  expect(isUuid(floor)).toBe(true);
});

test('ids of an instant are above its floor and below that of the next', () => {
  const at = Date.UTC(2040, 5, 6);
  const id = uuidV7(at);
  expect(id > uuidV7Floor(new Date(at))).toBe(true);
  expect(id < uuidV7Floor(new Date(at + 1))).toBe(true);
});
