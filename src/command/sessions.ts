import { sessionsHelp } from './help/sessions-help.ts';
import { parseCommandLine } from './parse-command-line.ts';
import { readCount } from './read-count.ts';
import { type Connection, PAGE_INFO, showPage } from './show-page.ts';
import { withServer } from './with-server.ts';

const SESSIONS = `query Sessions($agentId: ID, $userId: ID, $first: Int, $after: String) {
  sessions(agentId: $agentId, userId: $userId, first: $first, after: $after) {
    edges { node { id agentId userId name createdAt updatedAt } }
    ${PAGE_INFO}
  }
}`;

interface Session {
  readonly id: string;
  readonly agentId: string;
  readonly userId: string;
  readonly name: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** `ambit sessions`: the sessions that the token may see, newest first. */
export async function sessions(args: string[]): Promise<void> {
  const { values } = parseCommandLine(sessionsHelp, args);
  const { agent: agentId, user: userId, after, json } = values;
  // What is left out is not null: a userId that is given asks for a scope.
  const variables = { agentId, userId, after, first: readCount(sessionsHelp, 'first', values.first) };
  const answer = await withServer((client) =>
    client.request<{ sessions: Connection<Session> }, typeof variables>(SESSIONS, variables),
  );
  showPage(answer.sessions, {
    heading: ['session', 'agent', 'user', 'updated', 'name'],
    toRow: (session) => [session.id, session.agentId, session.userId, session.updatedAt, session.name ?? ''],
    json,
  });
}
