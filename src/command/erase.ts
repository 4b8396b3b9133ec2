import { parseArgs } from 'node:util';
import { createGraphqlClient } from './graphql-client.ts';
import { UsageError } from './usage-error.ts';

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
  const { positionals } = parseArgs({ args, allowPositionals: true });
  const [userId, ...others] = positionals;
  if (userId === undefined || userId === '' || others.length > 0)
    throw new UsageError('Usage: ambit erase <user>');
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
