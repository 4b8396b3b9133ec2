import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { AmbitError } from './errors.ts';
import { UsageError } from './command/usage-error.ts';
import { toPrintableText } from './lib/to-printable-text.ts';

const USAGE = `Usage: ambit <command>

  serve [app.ts] [--role api|worker|all]
                            Serve an app file; without one, the demo app. An api executes
                            no runs, a worker answers no GraphQL.
  dev [app.ts]              Serve, and start again on every change.
  token --sub <subject> --scope <scope> … [--hours <hours>]
                            Mint a token with the configured HMAC key.
  token --sub <subject> --for <operation.graphql> [--variables <file or JSON>] [--operation <name>]
        [--id <resource>=<id> …]
                            With the least scopes that the operation needs; --id says which
                            ids are meant where only execution knows them.
  scopes                    List the scopes that the server at AMBIT_URL knows.
  scopes explain <operation.graphql> [--variables <file or JSON>] [--operation <name>] [--json]
                            What the operation asks for, what AMBIT_TOKEN holds and lacks.
  scopes matrix [--scope <scopes> …] [--app <app.ts>] [--json]
                            Which fields the example's callers, or holders of these scopes,
                            come to. Asks no server.
  migrate                   Bring the database to this version's tables.
  run <agent> <message>     Run an agent on the server at AMBIT_URL and stream its answer.
  erase <user>              Erase a user's data on the server at AMBIT_URL.
  revoke --token <jti> | --user <sub> | --all [--before <instant>]
                            Revoke tokens on the server at AMBIT_URL: one, or those that were
                            issued up to the instant, as 2026-01-31T12:00:00Z (now).

scopes, scopes explain, run, erase and revoke are clients: AMBIT_URL (http://127.0.0.1:4000)
and AMBIT_TOKEN say where and as whom.
`;

type Command = (args: string[]) => Promise<void>;

/** Each is loaded when it is called: a client needs no server. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  serve: async () => (await import('./command/serve.ts')).serve,
  dev: async () => (await import('./command/dev.ts')).dev,
  token: async () => (await import('./command/token.ts')).token,
  scopes: async () => (await import('./command/scopes.ts')).scopes,
  migrate: async () => (await import('./command/migrate.ts')).migrate,
  erase: async () => (await import('./command/erase.ts')).erase,
  revoke: async () => (await import('./command/revoke.ts')).revoke,
  run: async () => (await import('./command/run.ts')).run,
};

// What a later start finds compiled costs it neither time nor the memory of the compiler.
enableCompileCache(join(import.meta.dirname, '../node_modules/.cache/ambit/code'));

try {
  await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${toPrintableText(describe(error))}\n`);
  process.exitCode = 1;
}

async function main([name, ...args]: string[]): Promise<void> {
  // Conversations and keys are in the files that are made from here on: nobody else on the machine is to read them.
  process.umask(0o077);
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    process.stdout.write(USAGE);
    return;
  }
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (load === undefined) throw new UsageError(`There is no command "${name}".\n\n${USAGE}`);
  const command = await load();
  await command(args);
}

/** Our own sentences say enough; anything else needs its stack to be found. */
function describe(error: unknown): string {
  if (error instanceof AmbitError || error instanceof UsageError || error instanceof TypeError)
    return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
