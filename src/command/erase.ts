import type { AmbitClient } from '../client.ts';
import { eraseHelp } from './help/erase-help.ts';
import { parseCommandLine, usageError } from './parse-command-line.ts';
import { withServer } from './with-server.ts';

const ERASE = `mutation Erase($userId: ID!) {
  eraseUser(userId: $userId) { deletedSessions anonymizedRuns isComplete }
}`;

interface Answer {
  readonly eraseUser: {
    readonly deletedSessions: number;
    readonly anonymizedRuns: number;
    readonly isComplete: boolean;
  };
}

/** `ambit erase <user>`: erases what belongs to a user, asking again until nothing is left. */
export async function erase(args: string[]): Promise<void> {
  const { positionals } = parseCommandLine(eraseHelp, args);
  const [userId = ''] = positionals;
  if (userId === '') throw usageError(eraseHelp, 'Say whose data.');
  const { sessions, runs } = await withServer((client) => eraseAll(client, userId));
  process.stdout.write(
    `${sessions} sessions deleted, ${runs} runs in sessions of others name nobody any more.\n`,
  );
}

async function eraseAll(client: AmbitClient, userId: string): Promise<{ sessions: number; runs: number }> {
  let sessions = 0;
  let runs = 0;
  for (let isComplete = false; !isComplete;) {
    const { eraseUser } = await client.request<Answer, { userId: string }>(ERASE, { userId });
    sessions += eraseUser.deletedSessions;
    runs += eraseUser.anonymizedRuns;
    ({ isComplete } = eraseUser);
  }
  return { sessions, runs };
}
