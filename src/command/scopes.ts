import { scopesHelp } from './help/scopes-help.ts';
import { parseCommandLine } from './parse-command-line.ts';
import { withServer } from './with-server.ts';

/** `ambit scopes`: prints every scope that some field or tool of the server asks for. */
export async function scopes(args: string[]): Promise<void> {
  parseCommandLine(scopesHelp, args);
  const { config } = await withServer((client) =>
    client.request<{ config: { scopes: string[] } }, Record<string, never>>('{ config { scopes } }'),
  );
  process.stdout.write(`${config.scopes.join('\n')}\n`);
}
