import { expect, it } from 'vitest';

import { settings } from '../_util/own-names.ts';
import { readPage } from '../_util/pages.ts';
import { readSpans, readTables } from '../_util/tables.ts';

/** Where the server runs, and whom it serves as a client: of the programs around it. */
const ELSEWHERE = new Set(['NODE_ENV', 'AMBIT_URL', 'AMBIT_TOKEN']);

it('the table of settings in the README has those that are read, and no others', async () => {
  const { text } = await readPage('README.md');
  const table = readTables(text).find(({ heads }) => heads[0] === 'setting');
  const told = table?.rows.flatMap(([names = '']) => readSpans(names)) ?? [];
  const isOwn = (name: string): boolean => !ELSEWHERE.has(name);
  expect(told.filter(isOwn).toSorted()).toEqual([...settings].filter(isOwn).toSorted());
});
