import { describe, expect, it } from 'vitest';

import { createLogger } from '../../src/lib/logger.ts';
import { settleEach } from '../../src/run/settle-each.ts';

const log = createLogger('silent');
const items = Array.from({ length: 20 }, (_, index) => index);

describe('looking after many', () => {
  it('passes over what fails, and gives what the others come to', async () => {
    const act = async (item: number) => (item % 3 === 0 ? Promise.reject(new Error('no')) : item);
    const results = await settleEach(items, act, log);
    expect(results.toSorted((a, b) => a - b)).toEqual(items.filter((item) => item % 3 !== 0));
  });

  it('does the rest while one waits', async () => {
    const stuck = Promise.withResolvers<number>();
    const done = Promise.withResolvers<void>();
    let count = 0;
    const all = settleEach(
      items,
      async (item) => {
        if (item === 0) return await stuck.promise;
        count += 1;
        if (count === items.length - 1) done.resolve();
        return item;
      },
      log,
    );
    await done.promise;
    stuck.resolve(0);
    expect(await all).toHaveLength(items.length);
  });

  it('gives up when nothing succeeds', async () => {
    let tries = 0;
    const act = async () => {
      tries += 1;
      throw new Error('away');
    };
    expect(await settleEach(items, act, log)).toEqual([]);
    expect(tries).toBeLessThan(8);
  });
});
