import { randomBytes } from 'node:crypto';

import { type ServerProcess, startServerProcess } from '../_util/server-process.ts';
import { BENCH_KEY, mintBenchToken } from './bench-token.ts';
import { dropSchemas } from './drop-schemas.ts';
import { type FixtureProcess, startFixture } from './fixture-process.ts';
import { LOAD_CORE } from './pin-to-core.ts';

/** One server on a schema of its own, and the stamped model in a process of its own. */
export interface StampedNode extends AsyncDisposable {
  readonly server: ServerProcess;
  readonly token: string;
}

export async function startStampedNode(
  databaseUrl: string,
  env: Record<string, string> = {},
): Promise<StampedNode> {
  const schema = `ambit_bench_${randomBytes(4).toString('hex')}`;
  const fixture = await startFixture(new URL('stamped-model.ts', import.meta.url), { core: LOAD_CORE });
  try {
    const server = await startServer({ databaseUrl, schema, model: fixture, env });
    return {
      server,
      token: await mintBenchToken('ann', 'agents:run sessions:read'),
      async [Symbol.asyncDispose]() {
        await server[Symbol.asyncDispose]();
        await fixture[Symbol.asyncDispose]();
        await dropSchemas(databaseUrl, [schema, `${schema}_jobs`]);
      },
    };
  } catch (error) {
    await fixture[Symbol.asyncDispose]();
    throw error;
  }
}

function startServer({
  databaseUrl,
  schema,
  model,
  env,
}: {
  databaseUrl: string;
  schema: string;
  model: FixtureProcess;
  env: Record<string, string>;
}): Promise<ServerProcess> {
  return startServerProcess({
    ...env,
    DATABASE_URL: databaseUrl,
    DATABASE_SCHEMA: schema,
    JWT_VERIFICATION_KEY: BENCH_KEY,
    OPENAI_BASE_URL: model.address,
    AMBIT_MAX_RUNS: '2000',
    LOG_LEVEL: 'error',
  });
}
