// The app of the servers that are ended and frozen: its tool tells of each execution, and takes a moment.
import { setTimeout as delay } from 'node:timers/promises';
import { defineAgent, defineApp, defineTool } from 'ambit';
import { z } from 'zod';

const record = defineTool({
  name: 'record',
  description: 'Records something, once.',
  parameters: z.object({}),
  async run(_args, { idempotencyKey }) {
    await fetch(process.env['EFFECTS_URL'] ?? '', { method: 'POST', body: idempotencyKey });
    await delay(100);
    return 'recorded';
  },
});

export default defineApp({
  id: 'fault',
  name: 'Fault',
  agents: [defineAgent({ id: 'bot', name: 'Bot', tools: [record] })],
});
