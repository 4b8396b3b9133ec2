import { GLOBAL, parseScope, type Scope, WILDCARD } from './scope.ts';

export const DEFAULT_ADMIN_SCOPE = 'agent_os:admin';

interface GrantedIds {
  /** A global or a wildcard grant is held: every id, and the requirement without id. */
  all: boolean;
  readonly ids: Set<string>;
  /** The grants as written, in the token's order. */
  readonly texts: { readonly id: Scope['id']; readonly text: string }[];
}

/**
 * The scopes one token holds, ready to be asked. A granted scope meets a required one when resource and action are equal
 * and the grant is global, a wildcard, or names the required id; the admin scope meets everything. Immutable.
 */
export class GrantSet {
  /** As granted and well-formed, in the token's order, without repeats. */
  readonly scopes: readonly string[];
  /** As granted but malformed: they grant nothing. */
  readonly malformed: readonly string[];
  readonly isAdmin: boolean;
  readonly #adminScope: string;
  readonly #granted: ReadonlyMap<string, GrantedIds>;

  constructor(scopes: Iterable<string>, adminScope: string = DEFAULT_ADMIN_SCOPE) {
    const wellFormed: string[] = [];
    const malformed: string[] = [];
    const granted = new Map<string, GrantedIds>();
    this.#adminScope = adminScope;
    this.isAdmin = false;
    for (const text of new Set(scopes)) {
      if (text === adminScope) this.isAdmin = true;
      const scope = parseScope(text);
      (scope !== null || text === adminScope ? wellFormed : malformed).push(text);
      if (scope !== null) add(granted, scope, text);
    }
    this.scopes = wellFormed;
    this.malformed = malformed;
    this.#granted = granted;
  }

  /** Whether this set meets `required`. An empty id is met by nobody but admin. */
  allows(required: Scope): boolean {
    if (this.isAdmin) return true;
    if (required.id === '') return false;
    const granted = this.#granted.get(family(required));
    if (granted === undefined) return false;
    if (granted.all) return true;
    return required.id !== GLOBAL && required.id !== WILDCARD && granted.ids.has(required.id);
  }

  /** `allows` for a required scope as text. Malformed text is met by admin alone. */
  allowsText(required: string): boolean {
    if (this.isAdmin) return true;
    const scope = parseScope(required);
    return scope !== null && this.allows(scope);
  }

  /** The granted scope, as granted, by which `allows` says yes; `null` where it says no. The admin scope goes first. */
  grantFor(required: Scope): string | null {
    if (this.isAdmin) return this.#adminScope;
    if (!this.allows(required)) return null;
    const texts = this.#granted.get(family(required))?.texts ?? [];
    return texts.find(({ id }) => id === GLOBAL || id === WILDCARD || id === required.id)?.text ?? null;
  }

  /** The grants of that resource and action, as granted, at most `max` of them; of admin the admin scope alone. */
  grantsOf(resource: string, action: string, max: number): string[] {
    if (this.isAdmin) return [this.#adminScope];
    const texts = this.#granted.get(family({ resource, action }))?.texts ?? [];
    return texts.slice(0, max).map(({ text }) => text);
  }

  /** Whether any grant of that resource and action is held, for whatever id. */
  holdsAny(resource: string, action: string): boolean {
    return this.isAdmin || this.#granted.has(family({ resource, action }));
  }

  /** The ids that `resource:<id>:action` is met for: `'all'`, or the ones named, perhaps none. */
  visibleIds(resource: string, action: string): 'all' | ReadonlySet<string> {
    if (this.isAdmin) return 'all';
    const granted = this.#granted.get(family({ resource, action }));
    if (granted?.all) return 'all';
    return granted?.ids ?? new Set();
  }
}

function add(granted: Map<string, GrantedIds>, scope: Scope, text: string): void {
  const key = family(scope);
  const entry = granted.get(key) ?? { all: false, ids: new Set<string>(), texts: [] };
  entry.texts.push({ id: scope.id, text });
  if (scope.id === GLOBAL || scope.id === WILDCARD) entry.all = true;
  else entry.ids.add(scope.id);
  granted.set(key, entry);
}

function family({ resource, action }: { resource: string; action: string }): string {
  return `${resource}:${action}`;
}
