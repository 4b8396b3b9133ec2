import { createServer } from 'node:http';

import { listen } from '../../http/listen.ts';
import type { Check } from './check.ts';
import { fail, ok, warn } from './finding.ts';
import { readHealth } from './read-health.ts';

/** Whether the server could listen where HOST and PORT say, or who does. */
export const checkPort: Check = {
  name: 'port',
  async find({ config: { http }, timeoutMs }) {
    const server = createServer();
    try {
      await listen(server, http);
      return [
        ok(
          'port',
          http.port === 0 ? 'The system picks a free port.' : `Port ${http.port} on ${http.host} is free.`,
        ),
      ];
    } catch (error) {
      const own = await readHealth(`http://${toUrlHost(http.host)}:${http.port}`, timeoutMs);
      if (own === null)
        return [fail('port', error instanceof Error ? error.message : String(error), 'See HOST and PORT.')];
      return [
        warn(
          'port',
          `Ambit ${own.version} serves at port ${http.port} already.`,
          'Stop it before another one is started, or set PORT.',
        ),
      ];
    } finally {
      server.close();
    }
  },
};

/** Where one asks a server that listens on all addresses. */
function toUrlHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}
