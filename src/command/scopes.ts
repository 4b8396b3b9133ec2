import { createGraphqlClient } from './graphql-client.ts';
import { parseCommandLine } from './parse-command-line.ts';
import { scopesHelp } from './scopes-help.ts';

/** `ambit scopes`: prints every scope that some field or tool of the server asks for. */
export async function scopes(args: string[]): Promise<void> {
  parseCommandLine(scopesHelp, args);
  const client = createGraphqlClient();
  const { config } = await client.request<{ config: { scopes: string[] } }>('{ config { scopes } }');
  process.stdout.write(`${config.scopes.join('\n')}\n`);
}
