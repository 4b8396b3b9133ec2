import { defineAgent, defineApp, defineTool } from 'ambit';
import { afterAll, describe, expect, test } from 'vitest';
import { z } from 'zod';

import { formatTable } from '../../src/lib/format-table.ts';
import { startTestApp } from '../_util/test-app.ts';
import { type AttackCase, type World } from './attack-case.ts';
import { MARKER, startDocServer } from './doc-server.ts';
import { SELECTION } from './section-a.ts';
import { INPUTS } from './section-b.ts';
import { CONFIGURATION } from './section-c.ts';
import { HTTP } from './section-d.ts';
import { TOKENS } from './section-e.ts';
import { WEBSOCKET } from './section-f.ts';
import { EXPLAIN } from './section-g.ts';
import { CASES, NOT_APPLICABLE } from './case-list.ts';

const SECTIONS: Readonly<Record<string, readonly AttackCase[]>> = {
  'A. selection': SELECTION,
  'B. arguments, inputs, variables': INPUTS,
  'C. schema and configuration': CONFIGURATION,
  'D. HTTP': HTTP,
  'E. tokens': TOKENS,
  'F. websocket': WEBSOCKET,
  'G. explanations': EXPLAIN,
};

const lookUp = defineTool({
  name: 'look_up',
  description: 'Looks something up.',
  parameters: z.object({ text: z.string().describe(`${MARKER}-PARAMETER`) }),
  run: () => 'nothing',
});
const definition = defineApp({
  id: 'attacked',
  name: 'Attacked',
  agents: ['bot', 'hidden'].map((id) =>
    defineAgent({ id, name: `Named ${id}`, instructions: `${MARKER}-INSTRUCTIONS`, tools: [lookUp] }),
  ),
});

const world: World = {
  docs: await startDocServer(),
  app: await startTestApp({ echo: true, definition }),
};
afterAll(async () => {
  await world.docs[Symbol.asyncDispose]();
  await world.app[Symbol.asyncDispose]();
});

describe.each(Object.entries(SECTIONS))('%s', (_section, rows) => {
  const ways = rows.flatMap((row) => row.over.map((over) => [row.number, over, row.title, row] as const));
  test.each(ways)('case %i, %s: %s', (_number, over, _title, row) => row.run(world, over));
});

test('every case that applies is there', () => {
  const counts = Object.entries(SECTIONS).map(([section, rows]) => ({
    section,
    cases: new Set(rows.map(({ number }) => number)).size,
    rows: rows.length,
    ways: rows.reduce((sum, { over }) => sum + over.length, 0),
  }));
  process.stdout.write(
    `${formatTable(
      ['section', 'cases', 'rows', 'ways'],
      counts.map((count) => Object.values(count).map(String)),
    )}\n`,
  );
  const numbers = new Set(Object.values(SECTIONS).flatMap((rows) => rows.map(({ number }) => number)));
  expect([...numbers, ...NOT_APPLICABLE.keys()].toSorted((a, b) => a - b)).toEqual(CASES);
});
