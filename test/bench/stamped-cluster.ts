import { randomBytes } from 'node:crypto';

import { BENCH_KEY, mintBenchToken } from './bench-token.ts';
import { dropSchemas } from './drop-schemas.ts';
import { startFixture } from './fixture-process.ts';

/** What servers of one schema are started with, and the stamped model in a process of its own. */
export interface StampedCluster extends AsyncDisposable {
  readonly databaseUrl: string;
  readonly schema: string;
  readonly modelUrl: string;
  /** The environment of each server. */
  readonly env: Readonly<Record<string, string>>;
  /** Of a caller who may start runs and read them. */
  readonly token: string;
}

/** A new schema's, in the Postgres at `databaseUrl`; the servers must have ended when it is disposed of. `core` is the model's. */
export async function startStampedCluster(databaseUrl: string, core?: number): Promise<StampedCluster> {
  const schema = `ambit_bench_${randomBytes(4).toString('hex')}`;
  const token = await mintBenchToken('ann', 'agents:run sessions:read');
  const model = await startFixture(
    new URL('stamped-model.ts', import.meta.url),
    core === undefined ? {} : { core },
  );
  return {
    databaseUrl,
    schema,
    modelUrl: model.address,
    token,
    env: {
      DATABASE_URL: databaseUrl,
      DATABASE_SCHEMA: schema,
      JWT_VERIFICATION_KEY: BENCH_KEY,
      OPENAI_BASE_URL: model.address,
      AMBIT_MAX_RUNS: '2000',
      LOG_LEVEL: 'error',
    },
    async [Symbol.asyncDispose]() {
      await model[Symbol.asyncDispose]();
      await dropSchemas(databaseUrl, [schema, `${schema}_jobs`]);
    },
  };
}
