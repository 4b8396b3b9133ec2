import type { Agent } from './agent.ts';

/** The agents of one app, by id. */
export class AgentRegistry {
  readonly #agents: ReadonlyMap<string, Agent>;
  readonly #defaultModel: string;

  /** @throws TypeError when two agents share an id. */
  constructor(agents: readonly Agent[], defaultModel: string) {
    requireUniqueIds(agents);
    this.#agents = new Map(agents.map((agent) => [agent.id, agent]));
    this.#defaultModel = defaultModel;
  }

  /** In the app's order. */
  list(): Agent[] {
    return [...this.#agents.values()];
  }

  find(id: string): Agent | null {
    return this.#agents.get(id) ?? null;
  }

  modelOf(agent: Agent): string {
    return agent.model ?? this.#defaultModel;
  }

  /** The models in use, without repeats. */
  models(): string[] {
    return [...new Set(this.list().map((agent) => this.modelOf(agent)))];
  }

  /** The scopes that tools ask for. */
  toolScopes(): string[] {
    return this.list().flatMap((agent) => agent.tools.flatMap((tool) => tool.scope ?? []));
  }
}

/** @throws TypeError when two agents share an id. */
export function requireUniqueIds(agents: readonly Agent[]): void {
  const ids = agents.map(({ id }) => id);
  const repeated = ids.find((id, index) => ids.indexOf(id) < index);
  if (repeated !== undefined) throw new TypeError(`Two agents have the id "${repeated}".`);
}
