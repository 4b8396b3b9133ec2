import { AgentRegistry } from '../agent/agent-registry.ts';
import type { AppDefinition } from '../agent/app-definition.ts';
import { type Config, readConfig } from '../config.ts';
import { secretsOf } from '../config/secrets-of.ts';
import { redactSecrets } from '../lib/redact-secrets.ts';
import { toPrintableJson } from '../lib/to-printable-json.ts';
import { ScopeCatalogue } from '../scope/catalogue.ts';
import type { Check } from './doctor/check.ts';
import { checkDatabase } from './doctor/check-database.ts';
import { checkKeys } from './doctor/check-keys.ts';
import { checkModel } from './doctor/check-model.ts';
import { checkPage } from './doctor/check-page.ts';
import { checkPort } from './doctor/check-port.ts';
import { checkServer } from './doctor/check-server.ts';
import { checkSettings } from './doctor/check-settings.ts';
import { describeFindings } from './doctor/describe-findings.ts';
import { fail, type Finding, ok } from './doctor/finding.ts';
import { describeError, runChecks, within } from './doctor/run-checks.ts';
import { doctorHelp } from './help/doctor-help.ts';
import { loadApp } from './load-app.ts';
import { loadEnvFile } from './load-env-file.ts';
import { parseCommandLine } from './parse-command-line.ts';
import { readServerAddress, type ServerAddress } from './server-address.ts';

const CHECKS: readonly Check[] = [
  checkSettings,
  checkDatabase,
  checkKeys,
  checkModel,
  checkPort,
  checkPage,
  checkServer,
];

const TIMEOUT_MS = 3_000;

/**
 * `ambit doctor [app.ts]`: says what is wrong on the machine of who operates the server, and how to mend it. It is no client: it reads
 * the settings, opens the database and loads the app file as `serve` does, and changes nothing.
 */
export async function doctor(args: string[]): Promise<void> {
  const { positionals, values } = parseCommandLine(doctorHelp, args);
  // Before: where a token goes that the environment holds, the folder's file does not say, as to no client.
  const server = readServer();
  loadEnvFile();
  const { findings, secrets } = await examine(positionals[0], server);
  const isHealthy = findings.every(({ status }) => status !== 'fail');
  const text = values.json ? `${toPrintableJson({ isHealthy, findings }, 2)}\n` : describeFindings(findings);
  process.exitCode = isHealthy ? 0 : 1;
  // What the app file has opened, or an address that hangs, would keep the process.
  process.stdout.write(redactSecrets(text, secrets), () => process.exit());
}

async function examine(
  path: string | undefined,
  server: ServerReading,
): Promise<{ readonly findings: readonly Finding[]; readonly secrets: readonly string[] }> {
  const node = ok('node', `Node ${process.versions.node}, ${process.platform} ${process.arch}.`);
  const settings = readSettings();
  const isUsable = 'config' in settings && 'server' in server;
  if (!isUsable) {
    const failures = [settings, server].flatMap((one) => ('failure' in one ? [one.failure] : []));
    return { findings: [node, ...failures], secrets: [] };
  }
  const { config } = settings;
  const app = await examineApp(path, config);
  const context = { config, definition: app.definition, server: server.server, timeoutMs: TIMEOUT_MS };
  const found = await runChecks(CHECKS, context);
  return { findings: [node, ...app.findings, ...found], secrets: secretsOf(config) };
}

function readSettings(): { readonly config: Config } | { readonly failure: Finding } {
  try {
    return { config: readConfig() };
  } catch (error) {
    const mend = 'Set it right; what depends on the settings is looked at then.';
    return { failure: fail('settings', describeError(error), mend) };
  }
}

type ServerReading = { readonly server: ServerAddress } | { readonly failure: Finding };

function readServer(): ServerReading {
  try {
    return { server: readServerAddress() };
  } catch (error) {
    return { failure: fail('server', describeError(error), 'Set it right, or unset it.') };
  }
}

/** The app file is anybody's program: it may throw, and it may never end. */
async function examineApp(
  path: string | undefined,
  config: Config,
): Promise<{ readonly definition: AppDefinition | null; readonly findings: readonly Finding[] }> {
  let definition: AppDefinition | null = null;
  const load = async (): Promise<Finding[]> => {
    const loaded = await loadApp(path);
    const agents = new AgentRegistry(loaded.agents, config.model.defaultModel);
    void new ScopeCatalogue(agents.toolScopes());
    definition = loaded;
    const ids = agents.list().map(({ id }) => id);
    return [ok('app', `"${loaded.name}" loads, with the agents ${ids.join(', ') || '(none)'}.`)];
  };
  const overdue = fail(
    'app',
    'The app file does not finish loading.',
    'Look for what it awaits at its top level.',
  );
  try {
    const findings = await within(load(), overdue, TIMEOUT_MS);
    return { definition, findings };
  } catch (error) {
    return {
      definition,
      findings: [fail('app', describeError(error), 'Mend the app file, or name another one.')],
    };
  }
}
