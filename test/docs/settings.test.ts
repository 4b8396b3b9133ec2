import { expect, it } from 'vitest';

import { settings } from '../_util/own-names.ts';
import { readPage } from '../_util/pages.ts';
import { readSpans, readTables } from '../_util/tables.ts';

/** Where the server runs, and whom it serves as a client: of the programs around it. */
const ELSEWHERE = new Set(['NODE_ENV', 'AMBIT_URL', 'AMBIT_TOKEN']);

it('the tables of settings have those that are read, and no others', async () => {
  const told = [...(await readSettings('README.md')), ...(await readSettings('docs/operations.md'))];
  const isOwn = (name: string): boolean => !ELSEWHERE.has(name);
  expect([...new Set(told)].filter(isOwn).toSorted()).toEqual([...settings].filter(isOwn).toSorted());
});

async function readSettings(page: string): Promise<string[]> {
  const { text } = await readPage(page);
  const table = readTables(text).find(({ heads }) => heads[0] === 'setting');
  return table?.rows.flatMap(([names = '']) => readSpans(names)) ?? [];
}
