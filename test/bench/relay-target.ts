import { request } from 'node:http';

import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

import { mintBenchToken } from './bench-token.ts';
import { type FixtureProcess, startFixture } from './fixture-process.ts';
import { SERVER_CORE } from './pin-to-core.ts';
import { StampedTokens } from './stamped-tokens.ts';
import { STAMPED_EVENTS } from './stamped-stream.ts';

/** A server that passes on what the model at OPENAI_BASE_URL says. */
export interface RelayTarget extends AsyncDisposable {
  readonly name: string;
  readonly server: FixtureProcess;
  /** Asks the model once, on a connection of its own that is open by then, and gives the tokens. */
  stream(message: string): Promise<StampedTokens>;
}

export type StartTarget = (env: Record<string, string>) => Promise<RelayTarget>;

const here = (file: string): URL => new URL(file, import.meta.url);

export const startWsRelay: StartTarget = (env) =>
  startRelay({ name: 'relay to ws', file: 'relay-to-ws.ts', env, stream: streamFromWs });

export const startGraphqlWsRelay: StartTarget = (env) =>
  startRelay({
    name: 'graphql-ws generator',
    file: 'relay-to-graphql-ws.ts',
    env,
    stream: (url, message) => withClient({ url }, (client) => streamFromGenerator(client, message)),
  });

export const startSseRelay: StartTarget = (env) =>
  startRelay({ name: 'relay to SSE', file: 'relay-to-sse.ts', env, stream: streamFromSse });

/** `env` says the database. */
export async function startAmbit(name: string, env: Record<string, string>): Promise<RelayTarget> {
  const token = await mintBenchToken('bench', 'agents:run');
  const server = await startFixture(here('../../src/cli.ts'), {
    core: SERVER_CORE,
    args: ['serve'],
    env: { AMBIT_MAX_RUNS: '1000', PORT: '0', LOG_LEVEL: 'error', ...env },
    ready: /^Ambit serves .* at (http:\S+)\/graphql$/,
  });
  const url = `${server.address.replace('http', 'ws')}/graphql`;
  const connectionParams = { authorization: `Bearer ${token}` };
  return {
    name,
    server,
    stream: (message) => withClient({ url, connectionParams }, (client) => streamFromAmbit(client, message)),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

async function startRelay({
  name,
  file,
  env,
  stream,
}: {
  name: string;
  file: string;
  env: Record<string, string>;
  stream: (url: string, message: string) => Promise<StampedTokens>;
}): Promise<RelayTarget> {
  const server = await startFixture(here(file), { core: SERVER_CORE, env });
  return {
    name,
    server,
    stream: (message) => stream(server.address, message),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

function streamFromWs(url: string, message: string): Promise<StampedTokens> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url);
    socket.on('error', reject);
    // Settled by then, unless the server has left.
    socket.on('close', () => reject(new Error('The relay has gone.')));
    socket.on('open', () => {
      const tokens = new StampedTokens();
      socket.on('message', (data) => {
        const { delta = '', done } = JSON.parse(String(data)) as { delta?: string; done?: boolean };
        tokens.add(delta);
        if (done !== true) return;
        socket.close();
        resolve(tokens);
      });
      socket.send(JSON.stringify({ message }));
    });
  });
}

function streamFromSse(url: string, message: string): Promise<StampedTokens> {
  return new Promise((resolve, reject) => {
    const tokens = new StampedTokens();
    let rest = '';
    const sent = request(url, { method: 'POST', agent: false }, (response) => {
      response.setEncoding('utf8');
      response.on('data', (text: string) => {
        const frames = `${rest}${text}`.split('\n\n');
        rest = frames.pop() ?? '';
        for (const frame of frames)
          tokens.add((JSON.parse(frame.slice('data: '.length)) as { delta: string }).delta);
      });
      response.on('error', reject);
      response.on('end', () => resolve(tokens));
    });
    sent.on('error', reject);
    sent.end(JSON.stringify({ message }));
  });
}

async function withClient<TResult>(
  options: { url: string; connectionParams?: Record<string, unknown> },
  use: (client: Client) => Promise<TResult>,
): Promise<TResult> {
  const client = createClient({
    ...options,
    webSocketImpl: WebSocket,
    lazy: false,
    retryAttempts: 0,
    onNonLazyError: () => undefined,
  });
  try {
    await new Promise((resolve) => void client.on('connected', resolve));
    return await use(client);
  } finally {
    await client.dispose();
  }
}

async function streamFromGenerator(client: Client, message: string): Promise<StampedTokens> {
  const tokens = new StampedTokens();
  const query = 'subscription ($message: String!) { tokens(message: $message) { seq delta } }';
  const results = client.iterate<{ tokens: { delta: string } }>({ query, variables: { message } });
  for await (const { data } of results) tokens.add(data?.tokens.delta ?? '');
  return tokens;
}

async function streamFromAmbit(client: Client, message: string): Promise<StampedTokens> {
  const tokens = new StampedTokens();
  const runId = await startRun(client, message);
  const results = client.iterate<{ runEvents: { delta?: string } }>({
    query: STAMPED_EVENTS,
    variables: { runId },
  });
  for await (const { data } of results) tokens.add(data?.runEvents.delta ?? '');
  return tokens;
}

async function startRun(client: Client, message: string): Promise<string> {
  const query = 'mutation ($input: RunAgentInput!) { runAgent(input: $input) { id } }';
  const variables = { input: { agentId: 'analyst-agent', message, background: true } };
  for await (const { data } of client.iterate<{ runAgent: { id: string } }>({ query, variables }))
    if (data) return data.runAgent.id;
  throw new Error('The run was refused.');
}
