// Runs the benches, all or the one named, and prints their tables and a summary. Every figure is a ratio or a measurement of one
// run on one machine; nothing here is asserted.
import { parseArgs } from 'node:util';

import { type BenchTable, printTable } from './bench-table.ts';

const BENCHES: Readonly<Record<string, () => Promise<BenchTable>>> = {
  authorization: async () => (await import('./authorization.bench.ts')).measure(),
  relay: async () => (await import('./relay.bench.ts')).measure(),
  cancel: async () => (await import('./cancel.bench.ts')).measure(),
  'hand-over': async () => (await import('./hand-over.bench.ts')).measure(),
  revoke: async () => (await import('./revoke.bench.ts')).measure(),
  runs: async () => (await import('./runs.bench.ts')).measure(),
  stalled: async () => (await import('./stalled.bench.ts')).measure(),
  'start-up': async () => (await import('./start-up.bench.ts')).measure(),
};

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false } },
});
const names = positionals.length > 0 ? positionals : Object.keys(BENCHES);
const tables: BenchTable[] = [];
for (const name of names) {
  const measure = BENCHES[name];
  if (measure === undefined)
    throw new Error(`There is no bench ${name}: ${Object.keys(BENCHES).join(', ')}.`);
  const table = await measure();
  tables.push(table);
  if (!values.json) printTable(table);
}
if (values.json) console.log(JSON.stringify(tables, null, 2));
