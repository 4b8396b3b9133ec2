import { type GrantSet } from '../scope/grant-set.ts';
import { formatScope, GLOBAL, parseScope } from '../scope/scope.ts';

/**
 * One resource with one action, and which of its ids a caller holds. Asking again for the same grants costs one
 * comparison: a response is completed in stretches of one caller, so one remembered answer is enough, and it cannot be
 * mixed up because a `GrantSet` never changes.
 */
export class ScopeFamily {
  readonly resource: string;
  readonly action: string;
  /** Whether every caller holds their own id of it without a grant; it counts where a hole is filled with that id. */
  readonly isOwnHeld: boolean;
  #grants: GrantSet | null = null;
  #ids: 'all' | ReadonlySet<string> = new Set();

  constructor(resource: string, action: string, isOwnHeld: boolean) {
    this.resource = resource;
    this.action = action;
    this.isOwnHeld = isOwnHeld;
  }

  /** The ids that `grants` opens: `'all'` also meets the requirement without id; an empty set means no grant at all. */
  idsOpenTo(grants: GrantSet): 'all' | ReadonlySet<string> {
    if (grants !== this.#grants) {
      this.#ids = grants.visibleIds(this.resource, this.action);
      this.#grants = grants;
    }
    return this.#ids;
  }
}

/** The families that directives may name, each once, so that all fields share what is remembered. */
export class ScopeFamilies {
  readonly #families = new Map<string, ScopeFamily>();

  /** @throws TypeError when a resource or an action is not a segment of the scope grammar, or `ownHeld` names no family. */
  constructor(families: Readonly<Record<string, readonly string[]>>, ownHeld: readonly string[] = []) {
    const own = new Set(ownHeld);
    for (const [resource, actions] of Object.entries(families)) {
      for (const action of actions) this.#add(`${resource}:${action}`, own.delete(`${resource}:${action}`));
    }
    for (const text of own) throw new TypeError(`ownHeld: "${text}" is none of the families.`);
  }

  find(resource: string, action: string): ScopeFamily | null {
    return this.#families.get(formatScope({ resource, id: GLOBAL, action })) ?? null;
  }

  #add(text: string, isOwnHeld: boolean): void {
    const scope = parseScope(text);
    if (scope?.id !== GLOBAL) throw new TypeError(`families: "${text}" is not resource:action.`);
    this.#families.set(formatScope(scope), new ScopeFamily(scope.resource, scope.action, isOwnHeld));
  }
}
