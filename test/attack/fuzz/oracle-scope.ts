import { ADMIN, CALLER, OWN_HELD, type Token } from './model.ts';
import { type Coerced, type Entry, type Needs } from './oracle-input.ts';

/** What is known when a decision is made. A key that is left out: not known yet. */
export interface Facts {
  readonly args: ReadonlyMap<string, Coerced>;
  readonly parent?: { readonly id: unknown; readonly ref: unknown } | null;
  readonly item?: unknown;
  readonly loaded?: { readonly id: string | null } | null;
}

export type Answer = 'yes' | 'no' | 'maybe';

/** Whether each list has an entry that is met. */
export function answer(needs: Needs, token: readonly string[], facts: Facts): Answer {
  const answers = new Set(needs.map((anyOf) => answerList(anyOf, token, facts)));
  if (answers.has('no')) return 'no';
  return answers.has('maybe') ? 'maybe' : 'yes';
}

export function answerList(anyOf: readonly Entry[], token: readonly string[], facts: Facts): Answer {
  const answers = new Set(anyOf.map((entry) => answerEntry(entry, token, facts)));
  if (answers.has('yes')) return 'yes';
  return answers.has('maybe') ? 'maybe' : 'no';
}

function answerEntry(entry: Entry, token: readonly string[], facts: Facts): Answer {
  const isAdmin = token.includes(ADMIN);
  const isLoaded = entry.scope.includes('{load.');
  if (isAdmin && !isLoaded) return 'yes';
  if (entry.scope === ADMIN) return 'no';
  const [resource = '', id, action = ''] = threeParts(entry.scope);
  const held = heldIds(token, resource, action);
  const own = `${resource}:${action}` === OWN_HELD && id?.startsWith('{') ? [CALLER] : [];
  if (!isAdmin && held !== 'all' && held.length + own.length === 0) return 'no';
  if (id === undefined) return held === 'all' ? 'yes' : 'no';
  const filled = id.startsWith('{') ? fill(id, entry, facts) : id;
  if (filled === undefined) return 'maybe';
  if (filled === 'nothing found') return 'no';
  if (isAdmin) return 'yes';
  const text = typeof filled === 'number' ? String(filled) : filled;
  if (typeof text !== 'string' || text === '') return 'no';
  return held === 'all' || held.includes(text) || own.includes(text) ? 'yes' : 'no';
}

function threeParts(scope: string): [string, string | undefined, string] {
  const first = scope.indexOf(':');
  const last = scope.lastIndexOf(':');
  const id = first === last ? undefined : scope.slice(first + 1, last);
  return [scope.slice(0, first), id, scope.slice(last + 1)];
}

/** The ids that well-formed scopes of the token name, or all of them. */
function heldIds(token: readonly string[], resource: string, action: string): 'all' | string[] {
  const named: string[] = [];
  for (const text of token) {
    if (text === `${resource}:${action}` || text === `${resource}:*:${action}`) return 'all';
    const match = /^([^:*]+):([^:*]+):([^:*]+)$/.exec(text);
    if (match?.[1] === resource && match[3] === action) named.push(String(match[2]));
  }
  return named;
}

/** `undefined`: not known yet. */
function fill(hole: string, { value }: Entry, facts: Facts): unknown {
  switch (hole) {
    case '{value}':
      return value;
    case '{args.id}':
      return facts.args.get('id') ?? null;
    case '{parent.id}':
    case '{parent.ref}':
      return 'parent' in facts ? propertyOf(facts.parent, hole) : undefined;
    case '{item.id}':
    case '{item.ref}':
      return 'item' in facts ? propertyOf(facts.item, hole) : undefined;
    case '{load.id}':
      if (!('loaded' in facts)) return undefined;
      return facts.loaded === null ? 'nothing found' : facts.loaded?.id;
    default:
      throw new Error(`No such hole: ${hole}`);
  }
}

function propertyOf(object: unknown, hole: string): unknown {
  if (typeof object !== 'object' || object === null) return null;
  const { id, ref } = object as { id?: unknown; ref?: unknown }; // things of the world have both
  return (hole.endsWith('.id}') ? id : ref) ?? null;
}

/** What a call of a field comes to before its resolver runs, in the order that is documented for loaders. */
export type Decision =
  | { readonly code: 'FORBIDDEN' | 'NOT_FOUND' | 'UNAUTHENTICATED' }
  | { readonly code: null; readonly keeps: ((item: unknown) => boolean) | null };

/** `needs` is `null` when nothing is asked, not even a token. */
export function decide(
  needs: Needs | null,
  token: Token,
  { facts, load }: { facts: Facts; load: () => { readonly id: string | null } | null },
): Decision {
  if (needs === null) return { code: null, keeps: null };
  if (token === null) return { code: 'UNAUTHENTICATED' };
  if (answer(needs, token, facts) === 'no') return { code: 'FORBIDDEN' };
  const open = needs.filter((anyOf) => answerList(anyOf, token, facts) === 'maybe');
  const loads = open.some((anyOf) =>
    anyOf.some((entry) => entry.scope.includes('{load.') && answerEntry(entry, token, facts) === 'maybe'),
  );
  const known = loads ? { ...facts, loaded: load() } : facts;
  const failed = needs.filter((anyOf) => answerList(anyOf, token, known) === 'no');
  if (failed.length > 0) {
    const missed = 'loaded' in known && known.loaded === null;
    const asksForIt = failed.flat().some(({ scope }) => scope.includes('{load.'));
    return { code: missed && asksForIt ? 'NOT_FOUND' : 'FORBIDDEN' };
  }
  if (answer(needs, token, known) === 'yes') return { code: null, keeps: null };
  return { code: null, keeps: (item) => answer(needs, token, { ...known, item }) === 'yes' };
}
