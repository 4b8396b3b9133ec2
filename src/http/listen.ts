import { once } from 'node:events';
import type { Server } from 'node:http';

import type { HttpConfig } from '../config.ts';

/** Listens on the configured address. Throws an `Error` that names the setting to change, the system's error as its cause. */
export async function listen(server: Server, { host, port }: HttpConfig): Promise<void> {
  server.listen({ host, port });
  try {
    await once(server, 'listening');
  } catch (error) {
    throw new Error(toSentence(error, { host, port }), { cause: error });
  }
}

function toSentence(error: unknown, { host, port }: { host: string; port: number }): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${port} on ${host} is taken. Stop the program that uses it, or set PORT to another number.`;
    case 'EACCES':
      return `Port ${port} on ${host} may not be used by this user. Set PORT to a number above 1023.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `HOST is "${host}", which is no address of this machine. Set HOST to 127.0.0.1, or to 0.0.0.0 for all.`;
    default:
      return `The server cannot listen on ${host}, port ${port}. Check HOST and PORT.`;
  }
}
