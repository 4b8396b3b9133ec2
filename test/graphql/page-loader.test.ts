import { expect, test } from 'vitest';

import { PageLoader } from '../../src/graphql/page-loader.ts';
import type { PageResult } from '../../src/store/page.ts';

function pageOf(...rows: string[]): PageResult<string> {
  return { rows, hasNextPage: false, hasPreviousPage: false };
}

const lengthOf = (row: string): number => row.length;

test('no more is read than a result may hold, and what waits is refused unread', async () => {
  const loader = new PageLoader(100);
  let loaded = 0;
  const load = async (): Promise<PageResult<string>> => {
    loaded++;
    return pageOf('x'.repeat(40));
  };
  const pages = await Promise.allSettled(Array.from({ length: 50 }, () => loader.load(load, lengthOf)));
  expect(pages.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
  expect(pages.find((page) => page.status === 'rejected')?.reason).toMatchObject({
    code: 'LIMIT_EXCEEDED',
    limit: 'resultCharacters',
  });
  // The third goes over, and one may be under way beside it.
  expect(loaded).toBeLessThanOrEqual(4);
});

test('few are read at once, in the order asked, and one that fails holds up none', async () => {
  const loader = new PageLoader(100);
  let [reading, most] = [0, 0];
  const load = (name: string) => async (): Promise<PageResult<string>> => {
    most = Math.max(most, ++reading);
    await Promise.resolve();
    reading--;
    if (name === 'bad') throw new Error(name);
    return pageOf(name);
  };
  const names = ['a', 'bad', 'b', 'c', 'bad', 'd'];
  const pages = await Promise.allSettled(names.map((name) => loader.load(load(name), lengthOf)));
  expect(
    pages.map((page) => (page.status === 'fulfilled' ? page.value.rows[0] : page.reason.message)),
  ).toEqual(names);
  expect(most).toBe(2);
});
