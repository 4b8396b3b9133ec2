import { createGraphqlClient } from './graphql-client.ts';
import { UsageError } from './usage-error.ts';

/** `ambit scopes`: prints every scope that some field or tool of the server asks for; `explain` and `matrix` say more. */
export async function scopes([name, ...args]: string[]): Promise<void> {
  if (name === undefined) return await listScopes();
  // Each is loaded when it is called: a client needs no schema.
  if (name === 'explain') return await (await import('./scopes-explain.ts')).explainScopes(args);
  if (name === 'matrix') return await (await import('./scopes-matrix.ts')).showMatrix(args);
  throw new UsageError('Usage: ambit scopes [explain <operation.graphql> | matrix]');
}

async function listScopes(): Promise<void> {
  const client = createGraphqlClient();
  const { config } = await client.request<{ config: { scopes: string[] } }>('{ config { scopes } }');
  process.stdout.write(`${config.scopes.join('\n')}\n`);
}
