import { defineTool } from 'ambit';
import { z } from 'zod';

/** A tool with a scope: the model is told of it only when whoever started the run holds `config:read`. */
export const serverStatus = defineTool({
  name: 'server_status',
  description: 'Uptime, memory and Node version of the server that answers.',
  parameters: z.object({}),
  effect: 'read',
  scope: 'config:read',
  run() {
    return {
      uptimeSeconds: Math.round(process.uptime()),
      residentMegabytes: Math.round(process.memoryUsage.rss() / 1_048_576),
      nodeVersion: process.version,
    };
  },
});
