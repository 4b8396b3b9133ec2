import { startTestClient } from '../_util/test-client.ts';
import { type FixtureOptions, type FixtureProcess, startFixture } from './fixture-process.ts';
import { openReaderSocket, type ReaderSocket } from './reader-socket.ts';
import { type StampedCluster } from './stamped-cluster.ts';
import { type StampedAnswer, startStamped } from './stamped-stream.ts';

/** A server whose runs are read in one and the same way whichever it is. */
export interface ReadingTarget extends AsyncDisposable {
  readonly name: string;
  readonly server: FixtureProcess;
  /** A run that is answered so; its id. */
  start(answer: StampedAnswer): Promise<string>;
  openSocket(): Promise<ReaderSocket>;
}

type TargetOptions = Pick<FixtureOptions, 'core' | 'env'>;

const UNLIMITED = {
  AMBIT_RATE_PER_USER: '0',
  AMBIT_RATE_PER_ADDRESS: '0',
  AMBIT_SOCKETS_PER_USER: '0',
  AMBIT_SOCKETS_PER_ADDRESS: '0',
};

export async function startAmbitTarget(
  { env, token }: StampedCluster,
  options: TargetOptions = {},
): Promise<ReadingTarget> {
  const server = await startFixture(new URL('../../src/start.js', import.meta.url), {
    ...options,
    args: ['serve'],
    env: { ...env, ...UNLIMITED, ...options.env, PORT: '0' },
    ready: /^Ambit serves .* at (http:\S+)\/graphql$/,
  });
  const client = startTestClient(server.address, token);
  return {
    name: 'ambit',
    server,
    start: (answer) => startStamped(client, answer),
    openSocket: () => openReaderSocket(server.address, token),
    async [Symbol.asyncDispose]() {
      await client.socket.dispose();
      await server[Symbol.asyncDispose]();
    },
  };
}

/** bare-server.ts, which begins to answer when it is first read; `answers` is its argument. */
export async function startBareTarget(
  { modelUrl }: StampedCluster,
  { answers, ...options }: TargetOptions & { readonly answers: 'shared' | 'own' },
): Promise<ReadingTarget> {
  const server = await startFixture(new URL('bare-server.ts', import.meta.url), {
    ...options,
    args: [answers],
    env: { OPENAI_BASE_URL: modelUrl, ...options.env },
  });
  return {
    name: 'bare graphql-ws',
    server,
    start: async (answer) => JSON.stringify(answer),
    openSocket: () => openReaderSocket(server.address, null),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
