import { startApp } from '../app.ts';
import { type Config, readConfig, withRole } from '../config.ts';
import { createLogger } from '../lib/logger.ts';
import type { Tracing } from '../trace/start-tracing.ts';
import { describeOffer } from './describe-offer.ts';
import { withDevelopmentKey } from './development-key.ts';
import { serveHelp } from './help/serve-help.ts';
import { loadApp } from './load-app.ts';
import { loadEnvFile } from './load-env-file.ts';
import { logStream } from './log-stream.ts';
import { parseCommandLine } from './parse-command-line.ts';
import { createTokenOffer } from './token-offer.ts';

const OFFLINE = `
The offline model answers every agent: neither OPENAI_API_KEY nor OPENAI_BASE_URL is set.
It streams and calls tools, but knows nothing.
`;

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** `ambit serve [app.ts] [--role api|worker|all]`: serves until a signal ends it. */
export async function serve(args: string[]): Promise<void> {
  const { positionals, values } = parseCommandLine(serveHelp, args);
  const fromFile = loadEnvFile();
  const { config, made } = await withDevelopmentKey(readRole(values.role));
  const definition = await loadApp(positionals[0]);
  const offerTokens = made ? createTokenOffer(definition, config) : undefined;
  // Before the start: what cannot be offered must not leave a server behind that nobody stops.
  const offers = (await offerTokens?.()) ?? [];
  const log = createLogger(config.logLevel, logStream(config));
  // Loaded when it is wanted: it costs a start a tenth of a second.
  const tracing =
    config.traces && (await import('../trace/start-tracing.ts')).startTracing(config.traces, log);
  const app = await startApp({ definition, config, log, ...(offerTokens && { offerTokens }) });
  // Before it says so: whoever reads the address may send a signal at once.
  stopOnSignal(() => app.stop().finally(() => tracing && endTracing(tracing)));
  process.stdout.write(
    [
      config.role === 'worker'
        ? `Ambit executes the runs of "${definition.name}"; ${app.url}/health says how it is.\n`
        : `Ambit serves "${definition.name}" at ${app.url}/graphql\n`,
      config.role === 'worker' ? '' : describePages(config, app.url),
      fromFile.length > 0 ? `Settings in .env: ${fromFile.join(' ')}\n` : '',
      config.model.isOffline ? OFFLINE : '',
      made ? describeOffer(offers, { url: app.url, agentId: definition.agents[0]?.id }) : '',
    ].join(''),
  );
}

function describePages({ console, playground }: Config, url: string): string {
  return [
    console === 'on' ? `Open ${url} in a browser for the console.\n` : '',
    playground === 'on' ? `Open ${url}/graphql in a browser for the playground.\n` : '',
  ].join('');
}

function readRole(role: string | undefined): Config {
  const config = readConfig();
  return role === undefined ? config : withRole(config, role);
}

/** Ends the process where spans that nobody takes would keep it alive: everything else has ended by itself then. */
async function endTracing(tracing: Tracing): Promise<void> {
  if (!(await tracing.stop())) process.exit();
}

/** A second signal ends the process at once, as people expect who send it. */
function stopOnSignal(stop: () => Promise<void>): void {
  for (const signal of SIGNALS) {
    process.once(signal, () => {
      process.stdout.write('Stopping …\n');
      void stop();
    });
  }
}
