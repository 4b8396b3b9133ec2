import { type Client } from 'pg';

/** Closes a connection; when the server does not answer within `timeoutMs`, without it. A query under way fails. */
export async function endClient(client: Client, timeoutMs: number): Promise<void> {
  const timer = setTimeout(() => client.connection.stream.destroy(), timeoutMs);
  await client.end();
  clearTimeout(timer);
}
