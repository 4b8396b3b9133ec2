import { type CallerName } from './page-callers.ts';

/** A page that somebody asks for. */
export interface PageQuery {
  readonly name: string;
  readonly caller: CallerName;
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  /** How many rows of the list are before the page; `after` is set to the cursor there. Default: none. */
  readonly behind?: { readonly table: 'session' | 'run'; readonly rows: number };
}

const AGENTS = '{ agents { id name description model canRun tools { name description requiresApproval } } }';

const SESSIONS = `query ($agentId: ID, $userId: ID, $after: String) {
  sessions(agentId: $agentId, userId: $userId, after: $after) {
    edges { cursor node { id name agentId userId createdAt updatedAt } }
    pageInfo { hasNextPage endCursor }
  }
}`;

const RUNS = `query ($agentId: ID, $userId: ID, $status: [RunStatus!], $after: String) {
  runs(agentId: $agentId, userId: $userId, status: $status, after: $after) {
    edges {
      cursor
      node { id agentId sessionId status input output error { code message } createdAt finishedAt metrics { totalTokens durationMs } }
    }
    pageInfo { hasNextPage endCursor }
  }
}`;

const RUNS_OF_SESSIONS = `{
  sessions { edges { node { id name runs(first: 3) { edges { node { id status createdAt } } } } } }
}`;

const MESSAGES_OF_SESSIONS = `{
  sessions { edges { node { id name messages(last: 3) { edges { node { role content } } } } } }
}`;

const CALLS_OF_RUNS = '{ runs { edges { node { id status toolCalls { name status } } } } }';

/** Pages of 20, but for the agents, which are all. Deep in the list of one user: as far as it goes. */
export const MEASURED_PAGES: readonly PageQuery[] = [
  { name: 'agents', caller: 'user', query: AGENTS },
  { name: 'own sessions', caller: 'user', query: SESSIONS },
  {
    name: 'own sessions, deep',
    caller: 'user',
    query: SESSIONS,
    behind: { table: 'session', rows: 4000 },
  },
  { name: 'own runs', caller: 'user', query: RUNS },
  { name: 'own runs, deep', caller: 'user', query: RUNS, behind: { table: 'run', rows: 10_000 } },
  { name: 'all sessions', caller: 'operator', query: SESSIONS },
  {
    name: 'all sessions, deep',
    caller: 'operator',
    query: SESSIONS,
    behind: { table: 'session', rows: 10_000 },
  },
  { name: 'all runs', caller: 'operator', query: RUNS },
  { name: 'all runs, deep', caller: 'operator', query: RUNS, behind: { table: 'run', rows: 10_000 } },
];

/** Others that are looked at only for how the database finds them. */
export const EXPLAINED_PAGES: readonly PageQuery[] = [
  ...MEASURED_PAGES,
  {
    name: 'own sessions with an agent',
    caller: 'user',
    query: SESSIONS,
    variables: { agentId: 'admin-agent' },
  },
  { name: 'own runs of an agent', caller: 'user', query: RUNS, variables: { agentId: 'admin-agent' } },
  { name: 'own runs, failed', caller: 'user', query: RUNS, variables: { status: ['FAILED'] } },
  {
    name: 'own runs, open',
    caller: 'user',
    query: RUNS,
    variables: { status: ['QUEUED', 'RUNNING', 'PAUSED'] },
  },
  { name: 'sessions of two users', caller: 'friend', query: SESSIONS },
  { name: 'runs of two users', caller: 'friend', query: RUNS },
  { name: 'sessions of two small users', caller: 'neighbour', query: SESSIONS },
  { name: 'runs of two small users', caller: 'neighbour', query: RUNS },
  { name: 'sessions of a former user', caller: 'former', query: SESSIONS },
  { name: 'runs of a former user', caller: 'former', query: RUNS },
  { name: 'sessions of a user', caller: 'operator', query: SESSIONS, variables: { userId: 'user-7' } },
  { name: 'runs of a user', caller: 'operator', query: RUNS, variables: { userId: 'user-7' } },
  { name: 'runs of an unknown user', caller: 'operator', query: RUNS, variables: { userId: 'nobody' } },
  { name: 'all runs of an agent', caller: 'operator', query: RUNS, variables: { agentId: 'admin-agent' } },
  { name: 'all runs, failed', caller: 'operator', query: RUNS, variables: { status: ['FAILED'] } },
  {
    name: 'all runs, open',
    caller: 'operator',
    query: RUNS,
    variables: { status: ['QUEUED', 'RUNNING', 'PAUSED'] },
  },
  {
    name: 'all runs of an agent, queued',
    caller: 'operator',
    query: RUNS,
    variables: { agentId: 'admin-agent', status: ['QUEUED'] },
  },
  { name: 'own sessions, each with runs', caller: 'user', query: RUNS_OF_SESSIONS },
  { name: 'own sessions, each with messages', caller: 'user', query: MESSAGES_OF_SESSIONS },
  { name: 'own runs, each with tool calls', caller: 'user', query: CALLS_OF_RUNS },
];
