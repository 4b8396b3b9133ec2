import { createHash } from 'node:crypto';

import { Client } from 'pg';

/** Hears what the nodes of one schema tell each other. */
export interface NotificationCounter extends AsyncDisposable {
  /** Notifications so far. */
  readonly count: number;
  /** Their characters so far. */
  readonly length: number;
}

export async function startNotificationCounter(
  databaseUrl: string,
  schema: string,
): Promise<NotificationCounter> {
  const client = new Client({ connectionString: databaseUrl });
  let [count, length] = [0, 0];
  client.on('notification', ({ payload = '' }) => {
    count += 1;
    length += payload.length;
  });
  await client.connect();
  await client.query(`listen ${toChannel(schema)}`);
  return {
    get count() {
      return count;
    },
    get length() {
      return length;
    },
    [Symbol.asyncDispose]: () => client.end(),
  };
}

/** As src/store/postgres.ts names it. */
function toChannel(schema: string): string {
  return `ambit_${createHash('sha256').update(schema).digest('hex').slice(0, 16)}`;
}
