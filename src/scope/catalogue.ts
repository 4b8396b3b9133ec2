import { formatScope, parseScope, type Scope } from './scope.ts';

/** The families that Ambit's own fields ask for, and its one path beside GraphQL (/metrics), with their actions. Declared here and nowhere else. */
const FAMILIES = {
  config: ['read'],
  agents: ['read', 'write', 'run'],
  sessions: ['read', 'write', 'delete'],
  users: ['read', 'act', 'erase'],
  approvals: ['decide'],
  tokens: ['revoke'],
  audit: ['read'],
  metrics: ['read'],
} as const satisfies Record<string, readonly string[]>;

/** Families whose scopes may name one id. */
const WITH_IDS: ReadonlySet<string> = new Set(['agents', 'users', 'approvals']);

/**
 * The scopes that some field or tool asks for. `guardSchema` checks every directive against it, and minting refuses what
 * is not in it. An app adds its tools' scopes.
 */
export class ScopeCatalogue {
  readonly #actions = new Map<string, Set<string>>();
  readonly #extra: readonly Scope[];

  /** @throws TypeError when a tool's scope is malformed. */
  constructor(toolScopes: Iterable<string> = []) {
    for (const [resource, actions] of Object.entries(FAMILIES)) this.#actions.set(resource, new Set(actions));
    this.#extra = [...new Set(toolScopes)].map(requireScope);
    for (const { resource, action } of this.#extra) {
      const actions = this.#actions.get(resource) ?? new Set();
      this.#actions.set(resource, actions.add(action));
    }
  }

  /** Each resource with its actions, as `guardSchema` takes them. */
  get families(): Readonly<Record<string, readonly string[]>> {
    return Object.fromEntries([...this.#actions].map(([resource, actions]) => [resource, [...actions]]));
  }

  /** Whether some field or tool asks for that resource and action. */
  has({ resource, action }: Pick<Scope, 'resource' | 'action'>): boolean {
    return this.#actions.get(resource)?.has(action) ?? false;
  }

  /** Every scope as text, ids as `<id>`, in the order of declaration. */
  list(): string[] {
    const own = Object.entries(FAMILIES).flatMap(([resource, actions]) =>
      actions.flatMap((action) =>
        WITH_IDS.has(resource)
          ? [formatScope({ resource, id: null, action }), formatScope({ resource, id: '<id>', action })]
          : [formatScope({ resource, id: null, action })],
      ),
    );
    return [...new Set([...own, ...this.#extra.map(formatScope)])];
  }
}

function requireScope(text: string): Scope {
  const scope = parseScope(text);
  if (scope === null)
    throw new TypeError(`"${text}" is not a scope: write resource:action or resource:id:action.`);
  return scope;
}
