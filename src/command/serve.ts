import { parseArgs } from 'node:util';
import { type App, startApp } from '../app.ts';
import { readConfig } from '../config.ts';
import { createLogger } from '../lib/logger.ts';
import { describeDevelopment } from './describe-development.ts';
import { withDevelopmentKey } from './development-key.ts';
import { loadApp } from './load-app.ts';

const OFFLINE = `
The offline model answers every agent: neither OPENAI_API_KEY nor OPENAI_BASE_URL is set.
It streams and calls tools, but knows nothing.
`;

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** `ambit serve [app.ts]`: serves until a signal ends it. */
export async function serve(args: string[]): Promise<void> {
  const { positionals } = parseArgs({ args, allowPositionals: true });
  const { config, made } = await withDevelopmentKey(readConfig());
  const definition = await loadApp(positionals[0]);
  const app = await startApp({ definition, config, log: createLogger(config.logLevel) });
  process.stdout.write(`Ambit serves "${definition.name}" at ${app.url}/graphql\n`);
  if (config.model.isOffline) process.stdout.write(OFFLINE);
  if (made) process.stdout.write(await describeDevelopment(definition, { config, url: app.url }));
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
