import type { TokenOffer } from '../page/token-offer.ts';

/** Among the callers, the one that may run any agent without being admin. */
const TRIED_BY = 'power_user';

/** What development mode tells the terminal: a token for each of the five callers, and a line to try with one of them. */
export function describeOffer(
  offers: readonly TokenOffer[],
  { url, agentId }: { readonly url: string; readonly agentId: string | undefined },
): string {
  const blocks = offers.map(({ id, may, scopes, token }) =>
    [id, `  may     ${may}`, `  scopes  ${scopes.join(' ')}`, `  token   ${token}`, ''].join('\n  '),
  );
  const token = offers.find(({ id }) => id === TRIED_BY)?.token ?? '';
  return [
    '\nDevelopment mode: no key is configured, so this server made one, and offers these tokens for a day.',
    'Set JWT_VERIFICATION_KEY before others can reach it.\n',
    ...blocks.map((block) => `  ${block.trimEnd()}\n`),
    `To try it, paste this into another terminal (it runs as ${TRIED_BY}):\n`,
    `  ${toCurl(url, { token, query: toQuery(agentId) })}\n\n`,
  ].join('\n');
}

function toQuery(agentId: string | undefined): string {
  return agentId === undefined
    ? '{ agents { id name canRun } }'
    : `mutation { runAgent(input: { agentId: "${agentId}", message: "Hello, who are you?" }) { status output } }`;
}

/** One line for a POSIX shell. Nothing in it holds a single quote: ids, tokens and addresses cannot. */
function toCurl(url: string, { token, query }: { readonly token: string; readonly query: string }): string {
  const headers = `-H 'Content-Type: application/json' -H 'Authorization: Bearer ${token}'`;
  return `curl -s ${url}/graphql ${headers} -d '${JSON.stringify({ query })}'`;
}
