import { AmbitClientError } from '../../client/client-error.ts';
import type { AmbitClient } from '../../client/ambit-client.ts';
import type { AmbitRun } from '../../client/run-event.ts';
import { Watched } from '../../page/browser/watched.ts';
import { toWords } from './error-words.ts';
import type { Identity } from './identity.ts';
import { type Page, RUN_FIELDS } from './run-query.ts';
import { RunStore } from './run-store.ts';

/** What a conversation is made of so far. */
export interface ConversationState {
  readonly agentId: string | null;
  /** `null`: a new one, which has no session yet, or one that is not loaded yet. */
  readonly sessionId: string | null;
  /** Whose it is, where it is known. */
  readonly userId: string | null;
  /** The oldest first. */
  readonly runs: readonly RunStore[];
  readonly isLoading: boolean;
  readonly hasEarlier: boolean;
  readonly problem: string | null;
}

const PAGE = 20;

const RUN = `query ConsoleRun($id: ID!) { run(id: $id) { ...ConsoleRun } } ${RUN_FIELDS}`;
const RUNS = `query ConsoleConversation($sessionId: ID!, $agentId: ID, $after: String) {
  runs(sessionId: $sessionId, agentId: $agentId, first: ${PAGE}, after: $after) {
    edges { node { ...ConsoleRun } }
    pageInfo { hasNextPage endCursor }
  }
} ${RUN_FIELDS}`;

const EMPTY: ConversationState = {
  agentId: null,
  sessionId: null,
  userId: null,
  runs: [],
  isLoading: false,
  hasEarlier: false,
  problem: null,
};

/** A session's runs, and those that are added to it. */
export class Conversation extends Watched<ConversationState> {
  readonly #client: AmbitClient;
  readonly #identity: Identity;
  #earlier: string | null = null;

  /** A new one with that agent. */
  static begin(client: AmbitClient, identity: Identity, agentId: string): Conversation {
    return new Conversation(client, identity, { ...EMPTY, agentId });
  }

  static ofSession(client: AmbitClient, identity: Identity, sessionId: string): Conversation {
    const conversation = new Conversation(client, identity, { ...EMPTY, sessionId, isLoading: true });
    void conversation.#load(() => conversation.#loadSession(sessionId));
    return conversation;
  }

  /** The one that a run belongs to. */
  static ofRun(client: AmbitClient, identity: Identity, runId: string): Conversation {
    const conversation = new Conversation(client, identity, { ...EMPTY, isLoading: true });
    void conversation.#load(async () => {
      const { run } = await client.request<{ run: AmbitRun }, { id: string }>(RUN, { id: runId });
      const { agentId, sessionId, userId } = run;
      conversation.#change({ agentId, sessionId, userId });
      await conversation.#loadPage(agentId);
      // On a later page, or started since.
      if (!conversation.has(runId)) conversation.#add([RunStore.of(client, run)]);
    });
    return conversation;
  }

  private constructor(client: AmbitClient, identity: Identity, state: ConversationState) {
    super(state);
    this.#client = client;
    this.#identity = identity;
  }

  has(runId: string): boolean {
    return this.read().runs.some(({ id }) => id === runId);
  }

  /** Starts a run with what was written; `null` when there is no agent to start. */
  send(message: string): RunStore | null {
    const { agentId, sessionId, runs } = this.read();
    if (agentId === null) return null;
    const agentRun = this.#client.runAgent({ agentId, message, ...(sessionId !== null && { sessionId }) });
    const store = RunStore.start(this.#client, agentRun, message);
    this.#change({ runs: [...runs, store], problem: null });
    agentRun.started.then(
      (run) => this.#change({ sessionId: run.sessionId, userId: run.userId }),
      () => undefined, // told by the run
    );
    return store;
  }

  /** Loads the page of runs before the first. */
  loadEarlier(): void {
    const { agentId, isLoading } = this.read();
    if (!isLoading && agentId !== null) void this.#load(() => this.#loadPage(agentId));
  }

  /** Reads no further. The runs go on. */
  close(): void {
    for (const run of this.read().runs) run.close();
    this.fallSilent();
  }

  async #load(load: () => Promise<unknown>): Promise<void> {
    this.#change({ isLoading: true, problem: null });
    try {
      await load();
    } catch (error) {
      this.#change({ problem: toWords(error) });
    }
    this.#change({ isLoading: false });
  }

  /** Without `sessions:read` runs are read by their agent, and which that is, is not in the address. */
  async #loadSession(sessionId: string): Promise<void> {
    const { readsSessions, agents } = this.#identity;
    const candidates = readsSessions ? [null] : agents.map(({ id }) => id);
    for (const agentId of candidates) {
      if (await this.#loadPage(agentId, sessionId)) return;
    }
    throw new AmbitClientError('There is no such session.', { code: 'NOT_FOUND' });
  }

  /** Whether there was anything. */
  async #loadPage(agentId: string | null, sessionId = this.read().sessionId): Promise<boolean> {
    const { runs } = await this.#client.request<{ runs: Page<AmbitRun> }, object>(RUNS, {
      sessionId,
      agentId,
      after: this.#earlier,
    });
    const rows = runs.edges.map(({ node }) => node).toReversed();
    const [first] = rows;
    if (first === undefined) return false;
    this.#earlier = runs.pageInfo.endCursor;
    this.#change({
      agentId: first.agentId,
      userId: first.userId,
      hasEarlier: runs.pageInfo.hasNextPage,
    });
    this.#add(rows.map((run) => RunStore.of(this.#client, run)));
    return true;
  }

  #add(stores: readonly RunStore[]): void {
    this.#change({ runs: [...stores, ...this.read().runs] });
  }

  #change(change: Partial<ConversationState>): void {
    this.set({ ...this.read(), ...change });
  }
}
