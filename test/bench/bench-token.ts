import { runCommand } from '../_util/server-process.ts';

/** For JWT_VERIFICATION_KEY. */
export const BENCH_KEY = 'the-key-of-the-bench-which-nobody-else-uses';

/** A token of an hour that the servers take. */
export async function mintBenchToken(subject: string, scopes: string): Promise<string> {
  const args = ['token', '--sub', subject, '--scope', scopes, '--hours', '1'];
  return (await runCommand(args, { JWT_VERIFICATION_KEY: BENCH_KEY })).stdout.trim();
}
