import { type ServerProcess, startServerProcess } from '../_util/server-process.ts';
import { LOAD_CORE } from './pin-to-core.ts';
import { startStampedCluster } from './stamped-cluster.ts';

/** One server on a schema of its own, and the stamped model in a process of its own. */
export interface StampedNode extends AsyncDisposable {
  readonly server: ServerProcess;
  readonly token: string;
}

export async function startStampedNode(
  databaseUrl: string,
  env: Record<string, string> = {},
): Promise<StampedNode> {
  const cluster = await startStampedCluster(databaseUrl, LOAD_CORE);
  try {
    const server = await startServerProcess({ ...cluster.env, ...env });
    return {
      server,
      token: cluster.token,
      async [Symbol.asyncDispose]() {
        await server[Symbol.asyncDispose]();
        await cluster[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await cluster[Symbol.asyncDispose]();
    throw error;
  }
}
