import type { AmbitClient } from '../../client/ambit-client.ts';
import type { AmbitRun } from '../../client/run-event.ts';
import { Watched } from '../../page/browser/watched.ts';
import { toWords } from './error-words.ts';
import type { Identity } from './identity.ts';
import type { Page } from './run-query.ts';

/** A conversation as the list shows it. */
export interface SessionEntry {
  readonly id: string;
  readonly agentId: string;
  readonly userId: string;
  readonly title: string;
  readonly at: Date;
  /** Of its last run; `null`: it has none. */
  readonly status: AmbitRun['status'] | null;
}

export interface SessionListState {
  readonly entries: readonly SessionEntry[];
  readonly isLoading: boolean;
  readonly hasMore: boolean;
  readonly problem: string | null;
}

const LAST_RUN = 'edges { node { input status } }';
const SESSIONS = `query ConsoleSessions($after: String) {
  sessions(first: 20, after: $after) {
    edges { node { id name agentId userId updatedAt runs(first: 1) { ${LAST_RUN} } } }
    pageInfo { hasNextPage endCursor }
  }
}`;
const RUNS = `query ConsoleRuns($agentId: ID!) {
  runs(agentId: $agentId, first: 20) {
    edges { node { id agentId sessionId userId input status createdAt } }
    pageInfo { hasNextPage endCursor }
  }
}`;

interface SessionNode extends Pick<SessionEntry, 'id' | 'agentId' | 'userId'> {
  readonly name: string | null;
  readonly updatedAt: string;
  readonly runs: { readonly edges: readonly { readonly node: Pick<AmbitRun, 'input' | 'status'> }[] };
}

type RunNode = Pick<AmbitRun, 'agentId' | 'sessionId' | 'userId' | 'input' | 'status' | 'createdAt'>;

/** The conversations of a caller, newest first. Who lacks `sessions:read` finds those of the last runs of each agent instead. */
export class SessionList extends Watched<SessionListState> {
  readonly #client: AmbitClient;
  readonly #identity: Identity;
  #cursor: string | null = null;

  constructor(client: AmbitClient, identity: Identity) {
    super({ entries: [], isLoading: true, hasMore: false, problem: null });
    this.#client = client;
    this.#identity = identity;
  }

  /** Asks for the newest again. Those that were loaded beyond the first page stay. */
  async refresh(): Promise<void> {
    await this.#load(async () => {
      if (!this.#identity.readsSessions) {
        return this.#change({ entries: await this.#readByRuns(), hasMore: false });
      }
      const isFirst = this.#cursor === null;
      const { entries, pageInfo } = await this.#readSessions(null);
      if (isFirst) this.#cursor = pageInfo.endCursor;
      this.#change({
        entries: merge(entries, this.read().entries),
        ...(isFirst && { hasMore: pageInfo.hasNextPage }),
      });
    });
  }

  async loadMore(): Promise<void> {
    await this.#load(async () => {
      const { entries, pageInfo } = await this.#readSessions(this.#cursor);
      this.#cursor = pageInfo.endCursor;
      this.#change({ entries: merge(this.read().entries, entries), hasMore: pageInfo.hasNextPage });
    });
  }

  async #load(load: () => Promise<void>): Promise<void> {
    this.#change({ isLoading: true });
    try {
      await load();
      this.#change({ problem: null });
    } catch (error) {
      this.#change({ problem: toWords(error) });
    }
    this.#change({ isLoading: false });
  }

  async #readSessions(
    after: string | null,
  ): Promise<{ entries: SessionEntry[]; pageInfo: Page<unknown>['pageInfo'] }> {
    const { sessions } = await this.#client.request<{ sessions: Page<SessionNode> }, object>(SESSIONS, {
      after,
    });
    return { entries: sessions.edges.map(({ node }) => toEntry(node)), pageInfo: sessions.pageInfo };
  }

  async #readByRuns(): Promise<SessionEntry[]> {
    const pages = await Promise.all(
      this.#identity.agents.map(({ id: agentId }) =>
        this.#client.request<{ runs: Page<RunNode> }, object>(RUNS, { agentId }),
      ),
    );
    const runs = pages.flatMap((page) => page.runs.edges.map(({ node }) => node));
    const newestFirst = runs.toSorted((a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt));
    return merge(newestFirst.map(toEntryOfRun), []);
  }

  #change(change: Partial<SessionListState>): void {
    this.set({ ...this.read(), ...change });
  }
}

function toEntry({ id, name, agentId, userId, updatedAt, runs }: SessionNode): SessionEntry {
  const last = runs.edges[0]?.node;
  const title = name ?? last?.input ?? 'Empty';
  return { id, agentId, userId, title, at: new Date(updatedAt), status: last?.status ?? null };
}

function toEntryOfRun({ sessionId, agentId, userId, input, status, createdAt }: RunNode): SessionEntry {
  return { id: sessionId, agentId, userId, title: input, at: new Date(createdAt), status };
}

/** All of the first, and of the second those that the first lacks. */
function merge(first: readonly SessionEntry[], second: readonly SessionEntry[]): SessionEntry[] {
  const byId = new Map<string, SessionEntry>();
  for (const entry of [...first, ...second]) if (!byId.has(entry.id)) byId.set(entry.id, entry);
  return [...byId.values()];
}
