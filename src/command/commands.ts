import type { CommandHelp } from './help/command-help.ts';
import { devHelp } from './help/dev-help.ts';
import { doctorHelp } from './help/doctor-help.ts';
import { eraseHelp } from './help/erase-help.ts';
import { initHelp } from './help/init-help.ts';
import { migrateHelp } from './help/migrate-help.ts';
import { revokeHelp } from './help/revoke-help.ts';
import { runHelp } from './help/run-help.ts';
import { runsCancelHelp } from './help/runs-cancel-help.ts';
import { runsDecideHelp } from './help/runs-decide-help.ts';
import { runsHelp } from './help/runs-help.ts';
import { runsShowHelp } from './help/runs-show-help.ts';
import { runsWatchHelp } from './help/runs-watch-help.ts';
import { scopesExplainHelp } from './help/scopes-explain-help.ts';
import { scopesHelp } from './help/scopes-help.ts';
import { scopesMatrixHelp } from './help/scopes-matrix-help.ts';
import { serveHelp } from './help/serve-help.ts';
import { sessionsHelp } from './help/sessions-help.ts';
import { sessionsShowHelp } from './help/sessions-show-help.ts';
import { tokenHelp } from './help/token-help.ts';

export interface Command {
  readonly help: CommandHelp;
  /** Each is loaded when it is called: a client needs no server. */
  readonly load: () => Promise<(args: string[]) => Promise<void>>;
}

/** Every command, in the order of the overview. */
export const COMMANDS: readonly Command[] = [
  { help: initHelp, load: async () => (await import('./init.ts')).init },
  { help: serveHelp, load: async () => (await import('./serve.ts')).serve },
  { help: devHelp, load: async () => (await import('./dev.ts')).dev },
  { help: doctorHelp, load: async () => (await import('./doctor.ts')).doctor },
  { help: migrateHelp, load: async () => (await import('./migrate.ts')).migrate },
  { help: tokenHelp, load: async () => (await import('./token.ts')).token },
  { help: runHelp, load: async () => (await import('./run.ts')).run },
  { help: runsHelp, load: async () => (await import('./runs.ts')).runs },
  { help: runsShowHelp, load: async () => (await import('./runs-show.ts')).showRun },
  { help: runsWatchHelp, load: async () => (await import('./runs-watch.ts')).watchRun },
  { help: runsCancelHelp, load: async () => (await import('./runs-cancel.ts')).cancelRun },
  { help: runsDecideHelp, load: async () => (await import('./runs-decide.ts')).decideRun },
  { help: sessionsHelp, load: async () => (await import('./sessions.ts')).sessions },
  { help: sessionsShowHelp, load: async () => (await import('./sessions-show.ts')).showSession },
  { help: scopesHelp, load: async () => (await import('./scopes.ts')).scopes },
  { help: scopesExplainHelp, load: async () => (await import('./scopes-explain.ts')).explainScopes },
  { help: scopesMatrixHelp, load: async () => (await import('./scopes-matrix.ts')).showMatrix },
  { help: revokeHelp, load: async () => (await import('./revoke.ts')).revoke },
  { help: eraseHelp, load: async () => (await import('./erase.ts')).erase },
];

/** The command that the words begin with, the longer name first, and the words after it; `null`: there is none. */
export function findCommand(
  words: readonly string[],
): { readonly command: Command; readonly args: string[] } | null {
  for (const length of [2, 1]) {
    const name = words.slice(0, length).join(' ');
    const command = COMMANDS.find(({ help }) => help.name === name);
    if (command !== undefined) return { command, args: words.slice(length) };
  }
  return null;
}
