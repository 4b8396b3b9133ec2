import { z } from 'zod';

import { defineAgent } from '../../src/agent/agent.ts';
import { defineApp } from '../../src/agent/app-definition.ts';
import { defineTool } from '../../src/agent/tool.ts';
import {
  type AmbitClient,
  type AmbitClientOptions,
  type AmbitRunEvent,
  createAmbitClient,
} from '../../src/client.ts';
import { runEventsDocument } from '../_util/documents.ts';
import { startTestApp, type TestApp, type TestAppOptions } from '../_util/test-app.ts';
import { type TestClient } from '../_util/test-client.ts';

export const TRANSPORTS = ['websocket', 'sse'] as const;
export const SCOPES = ['agents:run', 'sessions:read'] as const;

const add = defineTool({
  name: 'add',
  description: 'Adds two numbers.',
  parameters: z.object({ a: z.number(), b: z.number() }),
  effect: 'read',
  run: ({ a, b }) => ({ sum: a + b }),
});

const pay = defineTool({
  name: 'pay',
  description: 'Pays.',
  parameters: z.object({}),
  needsApproval: true,
  run: () => 'paid',
});

export const definition = defineApp({
  id: 'test',
  name: 'Test',
  agents: [defineAgent({ id: 'bot', name: 'Bot', tools: [add, pay] })],
});

export function startBot(options: TestAppOptions = {}): Promise<TestApp> {
  return startTestApp({ definition, allowLeftOver: true, echo: true, ...options });
}

/** Two turns of the model, with reasoning, text and a tool call. */
export function enqueueSum({ model }: TestApp): void {
  const call = { name: 'add', arguments: { a: 1, b: 2 } };
  model.enqueue({ reasoning: 'They want a sum.', text: 'Let me add these two.', toolCalls: [call] });
  model.enqueue({ text: 'The sum of the two is three.' });
}

/** A client of the library that loses no time; disposed of at the end. */
export function createClient(options: AmbitClientOptions): AmbitClient & AsyncDisposable {
  const client = createAmbitClient({ retry: { firstDelayMs: 1, patienceMs: 20_000 }, ...options });
  return { ...client, [Symbol.asyncDispose]: () => client.dispose() };
}

/** The events of a run as the server has them. */
export async function readLog(client: TestClient, runId: string): Promise<unknown[]> {
  const events: unknown[] = [];
  for await (const { data, errors } of client.subscribe(runEventsDocument, { runId, after: 0 })) {
    if (errors !== undefined) throw new Error(JSON.stringify(errors));
    events.push(toShort(data?.runEvents));
  }
  return events;
}

/** What two clients are told of an event alike. */
export function toShort(event: object | null | undefined): object {
  const { __typename, seq, at, delta, messageId } = event as Record<string, unknown>;
  return { __typename, seq, at, delta, messageId };
}

export async function readAll(events: AsyncIterable<AmbitRunEvent>): Promise<AmbitRunEvent[]> {
  const read: AmbitRunEvent[] = [];
  for await (const event of events) read.push(event);
  return read;
}
