import type { AmbitClient } from '../../client/ambit-client.ts';
import { Watched } from '../../page/browser/watched.ts';
import { Conversation } from './conversation.ts';
import type { Identity } from './identity.ts';
import type { Route } from './route.ts';
import type { RunStore } from './run-store.ts';

/** The conversation that is open. */
export class ConversationShelf extends Watched<Conversation | null> {
  readonly #client: AmbitClient;
  readonly #identity: Identity;

  constructor(client: AmbitClient, identity: Identity) {
    super(null);
    this.#client = client;
    this.#identity = identity;
  }

  /** Opens what the route names, unless it is open already. */
  show(route: Route): void {
    if (route.view === 'start' || route.view === 'access') return this.#put(null);
    const open = this.read();
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
    if (conversation === this.read()) return;
    this.read()?.close();
    this.set(conversation);
  }
}
