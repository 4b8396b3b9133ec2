import { parseArgs } from 'node:util';
import { type App, startApp } from '../app.ts';
import { readConfig } from '../config.ts';
import { createLogger } from '../lib/logger.ts';
import type { OfferTokens } from '../playground/token-offer.ts';
import { withDevelopmentKey } from './development-key.ts';
import { loadApp } from './load-app.ts';
import { createTokenOffer } from './token-offer.ts';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** `ambit serve [app.ts]`: serves until a signal ends it. */
export async function serve(args: string[]): Promise<void> {
  const { positionals } = parseArgs({ args, allowPositionals: true });
  const { config, made } = await withDevelopmentKey(readConfig());
  const definition = await loadApp(positionals[0]);
  const log = createLogger(config.logLevel);
  const offer = made ? { offerTokens: createTokenOffer(definition, config) } : {};
  const app = await startApp({ definition, config, log, ...offer });
  process.stdout.write(`Ambit serves "${definition.name}" at ${app.url}/graphql\n`);
  if (config.playground === 'on')
    process.stdout.write('Open that address in a browser for the playground.\n');
  if (offer.offerTokens !== undefined) process.stdout.write(await describeDevelopment(offer.offerTokens));
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

async function describeDevelopment(offerTokens: OfferTokens): Promise<string> {
  const offers = await offerTokens();
  return [
    '\nDevelopment mode: no key is configured, so this server made one, and offers these tokens for a day.',
    'Set JWT_VERIFICATION_KEY before others can reach it.\n',
    ...offers.map(({ id, may, token }) => `  ${id} (${may})\n  ${token}\n`),
  ].join('\n');
}
