import { AgentRegistry } from '../agent/agent-registry.ts';
import type { AppDefinition } from '../agent/app-definition.ts';
import { mintToken } from '../auth/mint-token.ts';
import type { Config } from '../config.ts';
import { callers } from '../demo/callers.ts';
import { ScopeCatalogue } from '../scope/catalogue.ts';

/** Among the callers, the one that may run any agent without being admin. */
const TRIED_BY = 'power_user';

/** What development mode tells the terminal: a token for each of the five callers, and a line to try with one of them. */
export async function describeDevelopment(
  { agents }: AppDefinition,
  { config, url }: { readonly config: Config; readonly url: string },
): Promise<string> {
  const registry = new AgentRegistry(agents, config.model.defaultModel);
  const catalogue = new ScopeCatalogue(registry.toolScopes());
  const tokens = await Promise.all(
    callers.map(({ id, scopes }) => mintToken(config.jwt, { subject: id, scopes, catalogue })),
  );
  const blocks = callers.map(({ id, may, scopes }, index) =>
    [id, `  may     ${may}`, `  scopes  ${scopes.join(' ')}`, `  token   ${tokens[index]}`, ''].join('\n  '),
  );
  const token = tokens[callers.findIndex(({ id }) => id === TRIED_BY)] ?? '';
  return [
    '\nDevelopment mode: no key is configured, so this server made one, and offers these tokens for a day.',
    'Set JWT_VERIFICATION_KEY before others can reach it.\n',
    ...blocks.map((block) => `  ${block.trimEnd()}\n`),
    `To try it, paste this into another terminal (it runs as ${TRIED_BY}):\n`,
    `  ${toCurl(url, { token, query: toQuery(agents[0]?.id) })}\n\n`,
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
