import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

export interface FaultModel extends AsyncDisposable {
  readonly baseUrl: string;
  /** Where the `once` tool tells that it was executed. */
  readonly effectsUrl: string;
  /** The idempotency keys that came there, in order. */
  readonly effects: readonly string[];
}

const WORDS = 40;
const INTERVAL_MS = 20;

/**
 * A model that keeps nothing: it answers a user with a call of the tool `record`, and a tool's result with forty words, one every
 * 20 ms. It also counts what the tool did, since it outlives every server.
 */
export async function startFaultModel(): Promise<FaultModel> {
  const effects: string[] = [];
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString();
    if (request.url === '/effects') {
      effects.push(body);
      return void response.end();
    }
    const { messages } = JSON.parse(body) as { messages: { role: string }[] };
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    await (messages.at(-1)?.role === 'user' ? call(response) : tell(response)).catch(() => undefined);
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    baseUrl: `${url}/v1`,
    effectsUrl: `${url}/effects`,
    effects,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function call(response: ServerResponse): Promise<void> {
  await delay(INTERVAL_MS);
  const toolCall = {
    index: 0,
    id: 'call_1',
    type: 'function',
    function: { name: 'record', arguments: '{}' },
  };
  end(response, { tool_calls: [toolCall] }, 'tool_calls');
}

async function tell(response: ServerResponse): Promise<void> {
  for (let word = 0; word < WORDS && !response.destroyed; word += 1) {
    send(response, { content: `word${word} ` }, null);
    await delay(INTERVAL_MS);
  }
  end(response, {}, 'stop');
}

function end(response: ServerResponse, delta: object, reason: string): void {
  send(response, delta, reason);
  response.end('data: [DONE]\n\n');
}

function send(response: ServerResponse, delta: object, finish_reason: string | null): void {
  const chunk = { object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason }] };
  response.write(`data: ${JSON.stringify(chunk)}\n\n`);
}
