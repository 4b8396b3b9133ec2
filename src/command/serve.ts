import { parseArgs } from 'node:util';
import { type App, startApp } from '../app.ts';
import { readConfig } from '../config.ts';
import { createLogger } from '../lib/logger.ts';
import { mintOffer, describeOffer } from './development-offer.ts';
import { withDevelopmentKey } from './development-key.ts';
import { loadApp } from './load-app.ts';
import { logStream } from './log-stream.ts';

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
  // Before the start: what cannot be offered must not leave a server behind that nobody stops.
  const offer = made ? await mintOffer(definition, config) : null;
  const app = await startApp({ definition, config, log: createLogger(config.logLevel, logStream(config)) });
  process.stdout.write(`Ambit serves "${definition.name}" at ${app.url}/graphql\n`);
  if (config.model.isOffline) process.stdout.write(OFFLINE);
  if (offer !== null) process.stdout.write(describeOffer(offer, { url: app.url, agentId: definition.agents[0]?.id }));
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
