import { parseArgs } from 'node:util';
import { AgentRegistry } from '../agent/agent-registry.ts';
import type { AppDefinition } from '../agent/app-definition.ts';
import { type App, startApp } from '../app.ts';
import { mintToken } from '../auth/mint-token.ts';
import { type Config, readConfig } from '../config.ts';
import { callers } from '../demo/callers.ts';
import { createLogger } from '../lib/logger.ts';
import { ScopeCatalogue } from '../scope/catalogue.ts';
import { DEFAULT_ADMIN_SCOPE } from '../scope/grant-set.ts';
import { withDevelopmentKey } from './development-key.ts';
import { loadApp } from './load-app.ts';
import { logStream } from './log-stream.ts';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** `ambit serve [app.ts]`: serves until a signal ends it. */
export async function serve(args: string[]): Promise<void> {
  const { positionals } = parseArgs({ args, allowPositionals: true });
  const { config, made } = await withDevelopmentKey(readConfig());
  const definition = await loadApp(positionals[0]);
  // Before the start: what cannot be offered must not leave a server behind that nobody stops.
  const offer = made ? await describeDevelopment(definition, config) : '';
  const app = await startApp({ definition, config, log: createLogger(config.logLevel, logStream(config)) });
  process.stdout.write(`Ambit serves "${definition.name}" at ${app.url}/graphql\n${offer}`);
  stopOnSignal(app);
}

/** A second signal ends the process at once, as people expect who send it. */
function stopOnSignal(app: App): void {
  for (const signal of SIGNALS) {
    process.once(signal, () => {
      process.stdout.write('Stopping …\n');
      void app.stop();
    });
  }
}

async function describeDevelopment({ agents }: AppDefinition, config: Config): Promise<string> {
  const registry = new AgentRegistry(agents, config.model.defaultModel);
  const catalogue = new ScopeCatalogue(registry.toolScopes());
  const lines = await Promise.all(
    callers.map(async ({ id, may, scopes: named }) => {
      const scopes = named.map((scope) => (scope === DEFAULT_ADMIN_SCOPE ? config.jwt.adminScope : scope));
      const token = await mintToken(config.jwt, { subject: id, scopes, catalogue });
      return `  ${id} (${may})\n  ${token}\n`;
    }),
  );
  return [
    '\nDevelopment mode: no key is configured, so this server made one, and offers these tokens for a day.',
    'Set JWT_VERIFICATION_KEY before others can reach it.\n',
    ...lines,
  ].join('\n');
}
