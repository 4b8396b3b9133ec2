// Runs the benches, all or those named, each in a process group of its own, and prints their tables and one of what they found. `--json FILE`
// writes all of it there too. Every figure is of one run on one machine; nothing here is asserted. After 15 minutes what is still
// running is ended.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

import { type BenchTable, printTable, toSummary } from './bench-table.ts';

const BENCHES = [
  'authorization',
  'relay',
  'first-token',
  'queries',
  'start-run',
  'subscribers',
  'nodes',
  'start-up',
  'cancel',
  'revoke',
  'hand-over',
  'stalled',
  'runs',
];
const LIMIT_MS = 15 * 60_000;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'string' } },
});
const unknown = positionals.find((name) => !BENCHES.includes(name));
if (unknown !== undefined) throw new Error(`There is no bench ${unknown}: ${BENCHES.join(', ')}.`);

const endsAt = performance.now() + LIMIT_MS;
const tables: BenchTable[] = [];
for (const name of positionals.length > 0 ? positionals : BENCHES) {
  const found = await runBench(name, endsAt - performance.now());
  for (const table of found) printTable(table);
  tables.push(...found);
}
const summary = toSummary(tables);
printTable(summary);
if (values.json !== undefined)
  writeFileSync(values.json, `${JSON.stringify([...tables, summary], null, 2)}\n`);

/** The tables of one bench; none of one that failed or was ended, which makes the exit code 1. */
async function runBench(name: string, limitMs: number): Promise<readonly BenchTable[]> {
  const file = new URL('bench-process.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [file, name], {
    detached: true,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const stop = (): void => void endGroup(child);
  process.once('exit', stop);
  const late = setTimeout(stop, Math.max(0, limitMs));
  let found: readonly BenchTable[] | null = null;
  child.once('message', (message) => (found = message as readonly BenchTable[])); // as bench-process.ts sends them
  await once(child, 'exit');
  clearTimeout(late);
  process.off('exit', stop);
  stop(); // what it has left behind
  if (found !== null) return found;
  console.log(`\n${name}: failed, or ended after ${LIMIT_MS / 60_000} minutes of all benches.`);
  process.exitCode = 1;
  return [];
}

function endGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nobody of the group is left.
  }
}
