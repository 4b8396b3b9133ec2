import { AgentRegistry } from '../agent/agent-registry.ts';
import { mintToken } from '../auth/mint-token.ts';
import { readConfig } from '../config.ts';
import { ScopeCatalogue } from '../scope/catalogue.ts';
import { withDevelopmentKey } from './development-key.ts';
import { tokenHelp } from './help/token-help.ts';
import { loadApp } from './load-app.ts';
import { loadEnvFile } from './load-env-file.ts';
import { parseCommandLine, usageError } from './parse-command-line.ts';
import { UsageError } from './usage-error.ts';

/**
 * `ambit token --sub alice --scope agents:read --scope agents:*:run --hours 8`: prints a token. With `--for` an operation, the
 * least scopes that it needs are added, and told on stderr.
 */
export async function token(args: string[]): Promise<void> {
  const { values } = parseCommandLine(tokenHelp, args);
  if (values.sub === undefined) throw usageError(tokenHelp, 'Say whose token it is: --sub <subject>.');
  loadEnvFile();
  const { config } = await withDevelopmentKey(readConfig());
  const { agents } = await loadApp(values.app);
  const registry = new AgentRegistry(agents, config.model.defaultModel);
  const catalogue = new ScopeCatalogue(registry.toolScopes());
  const given = values.scope.flatMap((text) => text.split(/[\s,]+/)).filter((text) => text !== '');
  const minted = await mintToken(config.jwt, {
    subject: values.sub,
    scopes: [
      ...new Set([
        ...given,
        ...(await readFor({ ...values, subject: values.sub }, catalogue, config.jwt.adminScope)),
      ]),
    ],
    catalogue,
    hours: Number(values.hours),
  });
  process.stdout.write(`${minted}\n`);
}

async function readFor(
  values: {
    for?: string | undefined;
    variables?: string | undefined;
    operation?: string | undefined;
    id: string[];
    subject: string;
  },
  catalogue: ScopeCatalogue,
  adminScope: string,
): Promise<string[]> {
  const { for: path, variables, operation: operationName, id: ids, subject } = values;
  if (path !== undefined) {
    // Loaded when it is needed: a token alone needs no schema.
    const { scopesFor } = await import('./token-for.ts');
    return await scopesFor({ path, variables, operationName, ids, subject, catalogue, adminScope });
  }
  if (variables === undefined && operationName === undefined && ids.length === 0) return [];
  throw new UsageError('--variables, --operation and --id belong to --for <operation.graphql>.');
}
