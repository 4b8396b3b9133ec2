import { GrantSet } from './grant-set.ts';
import { GLOBAL, parseScope, WILDCARD } from './scope.ts';

/** One way to meet a list: the scopes that do so together. */
export type ScopeOption = readonly string[];

/** One list of which some option must be held. */
export type ScopeChoice = readonly ScopeOption[];

export interface LeastScopesOptions {
  readonly adminScope: string;
  /** Combinations looked at before the best one so far has to do. Default 5000. */
  readonly maxSteps?: number;
}

/**
 * The least scopes that hold an option of every choice: as few as can be, of as many the narrowest, in the order of the
 * choices. The admin scope is taken where nothing else will do. With very many choices it may be more than the fewest,
 * but never with one that could be left out.
 */
export function chooseLeastScopes(
  choices: readonly ScopeChoice[],
  { adminScope, maxSteps = 5000 }: LeastScopesOptions,
): string[] {
  const distinct = [...new Map(choices.map((choice) => [JSON.stringify(choice), choice])).values()];
  // The choices with the fewest options come first: they leave the least to try.
  const ordered = withBroader(distinct, adminScope)
    .map((choice) => toSortedOptions(choice, adminScope))
    .toSorted((one, other) => one.length - other.length);
  const found = new Search(ordered, { adminScope, maxSteps }).run();
  return withoutSpare(found, distinct, adminScope);
}

/** Whether some option of the choice is held whole. */
export function isMet(choice: ScopeChoice, grants: GrantSet): boolean {
  return choice.some((option) => option.every((scope) => isHeld(scope, grants)));
}

/** What does not follow the grammar, as the admin scope of another server, is held as it is. */
function isHeld(scope: string, grants: GrantSet): boolean {
  return grants.allowsText(scope) || grants.malformed.includes(scope);
}

class Search {
  readonly #choices: readonly ScopeChoice[];
  readonly #adminScope: string;
  readonly #maxSteps: number;
  #best: readonly string[];
  #steps = 0;

  constructor(choices: readonly ScopeChoice[], { adminScope, maxSteps }: Required<LeastScopesOptions>) {
    this.#choices = choices;
    this.#adminScope = adminScope;
    this.#maxSteps = maxSteps;
    this.#best = takeCommon(choices, adminScope);
  }

  run(): readonly string[] {
    this.#descend(0, []);
    return this.#best;
  }

  /** Depth first, the narrowest option first. */
  #descend(index: number, chosen: readonly string[]): void {
    this.#steps += 1;
    const best = costOf(this.#best, this.#adminScope);
    const cost = costOf(chosen, this.#adminScope);
    if (this.#steps > this.#maxSteps || cost >= best) return;
    const grants = new GrantSet(chosen, this.#adminScope);
    let next = index;
    while (next < this.#choices.length && isMet(this.#choices[next] ?? [], grants)) next += 1;
    const choice = this.#choices[next];
    if (choice === undefined) {
      this.#best = chosen;
      return;
    }
    if (cost + SCOPE_COST > best) return; // one scope more at least
    for (const option of choice) {
      this.#descend(next + 1, [...chosen, ...option.filter((scope) => !isHeld(scope, grants))]);
    }
  }
}

/** A first result: of every choice not yet met the option that most choices have, of such the narrowest. */
function takeCommon(choices: readonly ScopeChoice[], adminScope: string): string[] {
  const counts = new Map<string, number>();
  for (const option of choices.flat()) counts.set(option.join(' '), (counts.get(option.join(' ')) ?? 0) + 1);
  let taken: string[] = [];
  for (const choice of choices) {
    if (isMet(choice, new GrantSet(taken, adminScope))) continue;
    const [first] = choice.toSorted(
      (one, other) => (counts.get(other.join(' ')) ?? 0) - (counts.get(one.join(' ')) ?? 0),
    );
    taken = [...taken, ...(first ?? [])];
  }
  return taken;
}

/** Above any sum of breadths that comes up, so that fewer scopes are always less. */
const SCOPE_COST = 10_000;

function costOf(scopes: readonly string[], adminScope: string): number {
  return scopes.reduce((sum, scope) => sum + SCOPE_COST + breadth(scope, adminScope), 0);
}

/** Ranks of breadth: one id, all of a kind without ids, every id. The admin scope costs more than any others together. */
function breadth(text: string, adminScope: string): number {
  if (text === adminScope) return 1_000_000_000;
  const scope = parseScope(text);
  const reads = scope?.action === 'read' ? 0 : 1; // to read is less than to act
  if (scope === null || scope.id === GLOBAL) return 2 + reads;
  return (scope.id === WILDCARD ? 4 : 0) + reads;
}

/** Every choice with the scopes besides, of those that come up, that would meet it: taken for another, they do for it too. */
function withBroader(choices: readonly ScopeChoice[], adminScope: string): ScopeChoice[] {
  const singles = [...new Set(choices.flat(2))].map((scope) => ({
    option: [scope],
    grants: new GrantSet([scope], adminScope),
  }));
  return choices.map((choice) => {
    const known = new Set(choice.map((option) => option.join(' ')));
    const broader = singles.filter(
      ({ option, grants }) => !known.has(option.join(' ')) && isMet(choice, grants),
    );
    return [...choice, ...broader.map(({ option }) => option)];
  });
}

function toSortedOptions(choice: ScopeChoice, adminScope: string): ScopeChoice {
  return choice.toSorted((one, other) => costOf(one, adminScope) - costOf(other, adminScope));
}

/** One that was taken early may be covered by one that was taken late. */
function withoutSpare(
  scopes: readonly string[],
  choices: readonly ScopeChoice[],
  adminScope: string,
): string[] {
  const isEnough = (held: readonly string[]): boolean => {
    const grants = new GrantSet(held, adminScope);
    return choices.every((choice) => isMet(choice, grants));
  };
  let kept = [...new Set(scopes)];
  const broadestFirst = kept.toSorted((one, other) => breadth(other, adminScope) - breadth(one, adminScope));
  for (const scope of broadestFirst) {
    const rest = kept.filter((other) => other !== scope);
    if (isEnough(rest)) kept = rest;
  }
  return kept;
}
