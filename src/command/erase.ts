import { eraseHelp } from './erase-help.ts';
import { createGraphqlClient } from './graphql-client.ts';
import { parseCommandLine, usageError } from './parse-command-line.ts';

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
  const client = createGraphqlClient();
  let sessions = 0;
  let runs = 0;
  for (let isComplete = false; !isComplete;) {
    const { eraseUser } = await client.request<Answer>(ERASE, { userId });
    sessions += eraseUser.deletedSessions;
    runs += eraseUser.anonymizedRuns;
    ({ isComplete } = eraseUser);
  }
  process.stdout.write(
    `${sessions} sessions deleted, ${runs} runs in sessions of others name nobody any more.\n`,
  );
}
