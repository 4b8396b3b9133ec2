import { BENCH_KEY, mintBenchToken } from './bench-token.ts';
import { type FixtureProcess, startFixture } from './fixture-process.ts';
import { KeepAliveClient } from './keep-alive-client.ts';
import { type CallerName, CALLERS } from './page-callers.ts';
import { SERVER_CORE } from './pin-to-core.ts';

/** A server that gives pages, and who may ask it. */
export interface PageServer extends AsyncDisposable {
  readonly process: FixtureProcess;
  /** One for each caller. */
  client(caller: CallerName): Promise<KeepAliveClient>;
}

/** Without what would change the rows meanwhile, and with limits that are counted but not met. */
const UNTOUCHED = {
  AMBIT_COMPACT_AFTER_MINUTES: '0',
  AMBIT_EVENT_DAYS: '0',
  AMBIT_RATE_PER_USER: '1000000000',
  AMBIT_RATE_PER_ADDRESS: '1000000000',
};

export async function startAmbit(env: Record<string, string>): Promise<PageServer> {
  const process = await startFixture(new URL('../../src/cli.ts', import.meta.url), {
    core: SERVER_CORE,
    args: ['serve'],
    ready: /^Ambit serves .* at (http:\S+)$/,
    env: {
      ...env,
      ...UNTOUCHED,
      JWT_VERIFICATION_KEY: BENCH_KEY,
      OPENAI_BASE_URL: 'http://127.0.0.1:1/v1',
      PORT: '0',
    },
  });
  return toPageServer(process, mint);
}

export async function startBareApollo(env: Record<string, string>): Promise<PageServer> {
  const file = new URL('bare-apollo.ts', import.meta.url);
  const process = await startFixture(file, { core: SERVER_CORE, env: { ...env, NODE_ENV: 'production' } });
  return toPageServer(process, async (caller) => caller);
}

function toPageServer(
  process: FixtureProcess,
  authorize: (caller: CallerName) => Promise<string>,
): PageServer {
  const stack = new DisposableStack();
  const clients = new Map<CallerName, KeepAliveClient>();
  return {
    process,
    async client(caller) {
      const known = clients.get(caller);
      if (known !== undefined) return known;
      const headers = { authorization: await authorize(caller) };
      const client = stack.use(new KeepAliveClient(process.address, headers));
      clients.set(caller, client);
      return client;
    },
    async [Symbol.asyncDispose]() {
      stack.dispose();
      await process[Symbol.asyncDispose]();
    },
  };
}

async function mint(caller: CallerName): Promise<string> {
  const { subject, scopes } = CALLERS[caller];
  return `Bearer ${await mintBenchToken(subject, scopes.join(' '))}`;
}
