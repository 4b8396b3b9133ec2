import { truncateText } from '../lib/truncate-text.ts';
import { runsHelp } from './help/runs-help.ts';
import { parseCommandLine } from './parse-command-line.ts';
import { readCount } from './read-count.ts';
import { type Connection, PAGE_INFO, showPage } from './show-page.ts';
import { withServer } from './with-server.ts';

const RUNS = `query Runs(
  $agentId: ID, $sessionId: ID, $userId: ID, $status: [RunStatus!], $first: Int, $after: String
) {
  runs(
    agentId: $agentId, sessionId: $sessionId, userId: $userId, status: $status, first: $first, after: $after
  ) {
    edges { node { id agentId sessionId userId status input createdAt finishedAt error { code message } } }
    ${PAGE_INFO}
  }
}`;

interface Run {
  readonly id: string;
  readonly agentId: string;
  readonly sessionId: string;
  readonly userId: string;
  readonly status: string;
  readonly input: string;
  readonly createdAt: string;
  readonly finishedAt: string | null;
  readonly error: { readonly code: string; readonly message: string } | null;
}

const INPUT_LENGTH = 40;

/** `ambit runs`: the runs that the token may see, newest first. */
export async function runs(args: string[]): Promise<void> {
  const { values } = parseCommandLine(runsHelp, args);
  const { agent: agentId, session: sessionId, user: userId, after, json } = values;
  const status = values.status.map((word) => word.toUpperCase());
  const variables = {
    agentId,
    sessionId,
    userId,
    after,
    ...(status.length > 0 && { status }),
    first: readCount(runsHelp, 'first', values.first),
  };
  const answer = await withServer((client) =>
    client.request<{ runs: Connection<Run> }, typeof variables>(RUNS, variables),
  );
  showPage(answer.runs, {
    heading: ['run', 'agent', 'user', 'status', 'created', 'message'],
    toRow: ({ id, agentId: agent, userId: user, status: state, createdAt, input }) => [
      id,
      agent,
      user,
      state,
      createdAt,
      truncateText(input, INPUT_LENGTH),
    ],
    json,
  });
}
