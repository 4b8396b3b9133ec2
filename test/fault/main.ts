// The long form of the fault suite: `npm run fault -- --minutes 10`. It needs a Postgres at TEST_DATABASE_URL, makes a database of its own
// there, and drops it at the end; it ends only the servers that it has started. What is wrong makes it exit with 1.
import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';

import { Client } from 'pg';

import { injectFaults } from './inject-faults.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    nodes: { type: 'string', default: '2' },
    runs: { type: 'string', default: '8' },
    seed: { type: 'string', default: '1' },
  },
});
const server = process.env['TEST_DATABASE_URL'];
if (server === undefined)
  throw new Error('Set TEST_DATABASE_URL to a Postgres in which databases may be made.');
const name = `ambit_fault_${randomBytes(4).toString('hex')}`;
const databaseUrl = new URL(server);
databaseUrl.pathname = `/${name}`;

await execute(`create database ${name}`);
try {
  const { counts, evidence, faults } = await injectFaults({
    databaseUrl: databaseUrl.href,
    nodes: Number(values.nodes),
    durationMs: Number(values.minutes) * 60_000,
    runs: Number(values.runs),
    seed: Number(values.seed),
    onProgress: ({ runs, reconnects, injected }) => console.log({ runs, reconnects, ...injected }),
  });
  const seen = evidence.readers.reduce((sum, { events }) => sum + events.length, 0);
  console.log({ ...counts, events: evidence.log.length, seen, effects: evidence.effects.length });
  for (const fault of faults) console.log(fault);
  console.log(
    faults.length === 0 ? 'Nothing lost, nothing doubled, every run has a true end.' : 'Faults found.',
  );
  process.exitCode = faults.length === 0 ? 0 : 1;
} finally {
  await execute(`drop database ${name} with (force)`);
}

async function execute(statement: string): Promise<void> {
  const client = new Client({ connectionString: server });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
