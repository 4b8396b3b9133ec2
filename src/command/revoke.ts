import { parseInstant } from '../lib/parse-instant.ts';
import { revokeHelp } from './help/revoke-help.ts';
import { parseCommandLine, usageError } from './parse-command-line.ts';
import { UsageError } from './usage-error.ts';
import { withServer } from './with-server.ts';

const REVOKE = `mutation Revoke($input: RevokeTokensInput!) {
  revokeTokens(input: $input) { issuedBefore cancelledRuns }
}`;

interface Answer {
  readonly revokeTokens: { readonly issuedBefore: string | null; readonly cancelledRuns: number };
}

/** `ambit revoke --user alice`: revokes tokens for good, and says how many runs are cancelled for it. */
export async function revoke(args: string[]): Promise<void> {
  const input = readInput(args);
  const { revokeTokens } = await withServer((client) =>
    client.request<Answer, { input: Record<string, unknown> }>(REVOKE, { input }),
  );
  const { issuedBefore, cancelledRuns } = revokeTokens;
  const which = issuedBefore === null ? 'The token' : `What was issued before ${issuedBefore}`;
  process.stdout.write(`${which} is revoked. ${cancelledRuns} runs are cancelled.\n`);
}

function readInput(args: string[]): Record<string, unknown> {
  const { values } = parseCommandLine(revokeHelp, args);
  const { token: tokenId, user: userId, all, before } = values;
  const named = [tokenId !== undefined, userId !== undefined, all].filter((isNamed) => isNamed);
  if (named.length !== 1) throw usageError(revokeHelp, 'Say which tokens, in one way.');
  if (tokenId !== undefined && before !== undefined)
    throw usageError(revokeHelp, '--before belongs to --user and --all.');
  if (tokenId !== undefined && /^eyJ.*\..*\./.test(tokenId))
    throw new UsageError('--token takes the jti of a token, not the token.');
  return {
    ...(tokenId !== undefined && { tokenId }),
    ...(userId !== undefined && { userId }),
    ...(all && { all }),
    ...(before !== undefined && { issuedBefore: readInstant(before) }),
  };
}

function readInstant(text: string): string {
  const instant = parseInstant(text);
  if (instant === null)
    throw new UsageError('--before takes an instant with its time zone, as 2026-01-31T12:00:00Z.');
  return instant.toISOString();
}
