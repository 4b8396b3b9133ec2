// The long form of the fault suite: `npm run fault -- --minutes N [--nodes 2] [--seed S] [--runs 12]`. Exits with 1 when anything is wrong.
import { parseArgs } from 'node:util';

import { describeCounts, type FaultCounts } from './fault-counts.ts';
import { FaultSuite } from './fault-suite.ts';
import { findPostgresPrograms } from './postgres-server.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1' },
    nodes: { type: 'string', default: '2' },
    runs: { type: 'string', default: '12' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
});
const programs = findPostgresPrograms();
if (programs === null)
  throw new Error('The fault suite needs the server programs of Postgres: initdb and postgres.');

const begin = performance.now();
let problems = 0;
await using suite = await FaultSuite.start({
  programs,
  seed: readNumber('seed', values.seed),
  nodes: readNumber('nodes', values.nodes),
  atOnce: readNumber('runs', values.runs),
  durationMs: readNumber('minutes', values.minutes) * 60_000,
  forgets: true,
  onProblem: (runId, { kind, text }) => {
    problems += 1;
    print(`${runId}: ${kind}: ${text}`);
  },
  onProgress: (counts) => print(toLine(counts)),
});
// What it started must not outlast it.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void suite[Symbol.asyncDispose]().finally(() => process.exit(1)));
}
print(`seed ${values.seed}, ${values.nodes} nodes, ${values.minutes} minutes`);
const found = await suite.run();
for (const node of suite.nodes)
  for (const line of node.output)
    if (/"level":[56]0/.test(line)) print(`${node.name}: ${line.slice(0, 400)}`);
print('');
for (const [name, count] of describeCounts(suite.counts))
  print(`| ${name.padEnd(36)} | ${String(count).padStart(9)} |`);
if (found.length > 0) process.exitCode = 1;

function toLine({
  runs,
  kills,
  stops,
  freezes,
  postgresRestarts,
  databaseCuts,
  reconnects,
  events,
}: FaultCounts): string {
  const seconds = Math.round((performance.now() - begin) / 1000);
  return (
    `${seconds} s: ${runs} runs, ${kills} kills, ${stops} stops, ${freezes} freezes, ${postgresRestarts} restarts of Postgres, ` +
    `${databaseCuts} nodes cut off, ${reconnects} reconnects, ${events} events checked, ${problems} problems`
  );
}

function readNumber(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new TypeError(`--${name} must be a number above 0.`);
  return value;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
