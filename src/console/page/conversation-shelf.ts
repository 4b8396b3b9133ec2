import type { AmbitClient } from '../../client/ambit-client.ts';
import { Conversation } from './conversation.ts';
import type { Identity } from './identity.ts';
import type { Route } from './route.ts';
import type { RunStore } from './run-store.ts';

/**
 * The conversation that is open. `subscribe` and `read` are what React's useSyncExternalStore takes.
 */
export class ConversationShelf {
  readonly #client: AmbitClient;
  readonly #identity: Identity;
  readonly #listeners = new Set<() => void>();
  #open: Conversation | null = null;

  constructor(client: AmbitClient, identity: Identity) {
    this.#client = client;
    this.#identity = identity;
  }

  readonly read = (): Conversation | null => this.#open;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Opens what the route names, unless it is open already. */
  show(route: Route): void {
    if (route.view === 'start' || route.view === 'access') return this.#put(null);
    const open = this.#open;
    if (route.view === 'session') {
      if (open?.read().sessionId === route.id) return;
      return this.#put(Conversation.ofSession(this.#client, this.#identity, route.id));
    }
    if (open?.has(route.id)) return;
    this.#put(Conversation.ofRun(this.#client, this.#identity, route.id));
  }

  /** Begins a new one with a message to an agent. */
  begin(agentId: string, message: string): RunStore | null {
    const conversation = Conversation.begin(this.#client, this.#identity, agentId);
    const run = conversation.send(message);
    this.#put(conversation);
    return run;
  }

  #put(conversation: Conversation | null): void {
    if (conversation === this.#open) return;
    this.#open?.close();
    this.#open = conversation;
    for (const listener of this.#listeners) listener();
  }
}
