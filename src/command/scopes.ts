import { createGraphqlClient } from './graphql-client.ts';

/** `ambit scopes`: prints every scope that some field or tool of the server asks for. */
export async function scopes(): Promise<void> {
  const client = createGraphqlClient();
  const { config } = await client.request<{ config: { scopes: string[] } }>('{ config { scopes } }');
  process.stdout.write(`${config.scopes.join('\n')}\n`);
}
