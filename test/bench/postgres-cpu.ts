import { readdirSync, readFileSync } from 'node:fs';

import { Client } from 'pg';

const TICKS_PER_SECOND = 100;

/** The process that all others of the Postgres at `databaseUrl` are children of. It must run on this machine. */
export async function findPostmaster(databaseUrl: string): Promise<number> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
    return Number(readStat(String(rows[0]?.pid ?? 0))?.[PARENT]);
  } finally {
    await client.end();
  }
}

// Of /proc/<pid>/stat, counted from the field behind the program's name: proc(5).
const PARENT = 1;
const OWN = [11, 12];
const OWN_AND_REAPED = [11, 12, 13, 14];

/** CPU seconds that Postgres has used so far, all its processes together, those that have ended among them. */
export function readPostgresSeconds(postmaster: number): number {
  const parent = String(postmaster);
  let ticks = 0;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const stat = readStat(pid);
    if (stat === null || (pid !== parent && stat[PARENT] !== parent)) continue;
    for (const field of pid === parent ? OWN_AND_REAPED : OWN) ticks += Number(stat[field]);
  }
  return ticks / TICKS_PER_SECOND;
}

/** `null`: the process has ended meanwhile. */
function readStat(pid: string): string[] | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return null;
  }
}
