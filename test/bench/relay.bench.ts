// How many tokens does a core deliver, from an OpenAI-protocol server to websocket clients, against a hand-written relay of
// `openai` to `ws`? The server under test has one core to itself; model and clients share the other.
import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

import { type BenchTable, median } from './bench-table.ts';
import { type FixtureProcess, startFixture } from './fixture-process.ts';

const TOKENS = 400;
const TOKEN_LENGTH = 4;
const STREAMS = [1, 50];
const ROUNDS = 3;
const SERVER_CORE = 0;
const OTHER_CORE = 1;
const KEY = 'the-key-of-the-bench-which-nobody-else-uses';

const here = (file: string): URL => new URL(file, import.meta.url);

/** Runs one stream to its end and gives the characters that came. */
type Stream = () => Promise<number>;

interface Target extends AsyncDisposable {
  readonly server: FixtureProcess;
  readonly stream: Stream;
}

export async function measure(): Promise<BenchTable> {
  await using model = await startFixture(here('model-server.ts'), {
    core: OTHER_CORE,
    env: { BENCH_TOKENS: String(TOKENS) },
  });
  const databases = [
    ['ambit on pglite', 'memory'],
    ...(process.env['TEST_DATABASE_URL'] === undefined
      ? []
      : [['ambit on postgres', process.env['TEST_DATABASE_URL']]]),
  ];
  const rows: (string | number)[][] = [];
  for (const streams of STREAMS) {
    const rates = new Map<string, number[]>();
    for (let round = 0; round < ROUNDS; round += 1) {
      await record(rates, 'relay', await startRelay(model.address), streams);
      for (const [name = '', url = ''] of databases)
        await record(rates, name, await startAmbit(model.address, url), streams);
    }
    const relay = rates.get('relay') ?? [];
    for (const [name, own] of rates) {
      const ratio = median(own.map((rate, round) => rate / (relay[round] ?? rate)));
      rows.push([name, streams, median(own), 1e6 / median(own), ratio]);
    }
  }
  return {
    question:
      'relay: tokens delivered per core-second, flat out, against a hand-written relay of openai to ws (goal ≥ 0.5)',
    columns: ['server', 'streams', 'tokens per core-second', 'CPU µs per token', 'ratio'],
    rows,
  };
}

async function record(
  rates: Map<string, number[]>,
  name: string,
  target: Target,
  streams: number,
): Promise<void> {
  await using running = target;
  // Warm first, so that what is measured is the steady state.
  await runStreams(running.stream, Math.max(10, streams), streams);
  const begin = running.server.cpuSeconds();
  const characters = await runStreams(running.stream, Math.max(40, streams * 3), streams);
  const rate = characters / TOKEN_LENGTH / (running.server.cpuSeconds() - begin);
  rates.set(name, [...(rates.get(name) ?? []), rate]);
}

/** `total` streams, `atOnce` of them at a time; the characters that came. */
async function runStreams(stream: Stream, total: number, atOnce: number): Promise<number> {
  let left = total;
  const worker = async (): Promise<number> => {
    let characters = 0;
    while (left > 0) {
      left -= 1;
      const got = await stream();
      if (got !== TOKENS * TOKEN_LENGTH)
        throw new Error(`${got} characters came of ${TOKENS * TOKEN_LENGTH}.`);
      characters += got;
    }
    return characters;
  };
  const all = await Promise.all(Array.from({ length: atOnce }, worker));
  return all.reduce((sum, characters) => sum + characters, 0);
}

async function startRelay(modelUrl: string): Promise<Target> {
  const server = await startFixture(here('relay-server.ts'), {
    core: SERVER_CORE,
    env: { OPENAI_BASE_URL: modelUrl },
  });
  return {
    server,
    stream: () => streamRelay(server.address),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

function streamRelay(url: string): Promise<number> {
  return new Promise((resolve, reject) => {
    let characters = 0;
    const socket = new WebSocket(url);
    socket.on('open', () => socket.send(JSON.stringify({ message: 'go' })));
    socket.on('error', reject);
    socket.on('message', (data) => {
      const { delta, done } = JSON.parse(String(data)) as { delta?: string; done?: boolean };
      characters += delta?.length ?? 0;
      if (done !== true) return;
      socket.close();
      resolve(characters);
    });
  });
}

async function startAmbit(modelUrl: string, databaseUrl: string): Promise<Target> {
  const env = {
    OPENAI_BASE_URL: modelUrl,
    JWT_VERIFICATION_KEY: KEY,
    DATABASE_URL: databaseUrl,
    DATABASE_SCHEMA: 'ambit_bench',
    AMBIT_MAX_RUNS: '1000',
    PORT: '0',
    LOG_LEVEL: 'error',
  };
  const server = await startFixture(here('../../src/cli.ts'), {
    core: SERVER_CORE,
    args: ['serve'],
    env,
    ready: /^Ambit serves .* at (http:\S+)\/graphql$/,
  });
  const token = await mintBenchToken();
  const stream = (): Promise<number> => streamAmbit(server.address, token);
  return { server, stream, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

async function streamAmbit(url: string, token: string): Promise<number> {
  const client = createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${token}` },
    lazy: false,
    retryAttempts: 0,
  });
  try {
    return await countCharacters(client, await startRun(client));
  } finally {
    await client.dispose();
  }
}

async function startRun(client: Client): Promise<string> {
  const query =
    'mutation { runAgent(input: { agentId: "web-search-agent", message: "go", background: true }) { id } }';
  for await (const { data } of client.iterate<{ runAgent: { id: string } }>({ query }))
    if (data) return data.runAgent.id;
  throw new Error('The run was refused.');
}

async function countCharacters(client: Client, runId: string): Promise<number> {
  const query = 'subscription ($runId: ID!) { runEvents(runId: $runId) { seq ... on TextDelta { delta } } }';
  let characters = 0;
  const events = client.iterate<{ runEvents: { delta?: string } }>({ query, variables: { runId } });
  for await (const { data } of events) characters += data?.runEvents.delta?.length ?? 0;
  return characters;
}

async function mintBenchToken(): Promise<string> {
  const { mintToken } = await import('../../src/auth/mint-token.ts');
  const { readConfig } = await import('../../src/config.ts');
  const { ScopeCatalogue } = await import('../../src/scope/catalogue.ts');
  const { jwt } = readConfig({ JWT_VERIFICATION_KEY: KEY });
  return await mintToken(jwt, { subject: 'bench', scopes: ['agents:run'], catalogue: new ScopeCatalogue() });
}
