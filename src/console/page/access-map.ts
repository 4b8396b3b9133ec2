import type { AmbitClient } from '../../client/ambit-client.ts';

export type Reach = 'ALL' | 'SOME' | 'NONE';

/** One place of the schema, and how far the token comes to it. */
export interface AccessEntry {
  readonly coordinate: string;
  readonly isPublic: boolean;
  readonly requirements: readonly Requirement[];
  readonly reach: Reach;
}

export interface Requirement {
  readonly anyOf: readonly string[];
  readonly reach: Reach;
  readonly heldBy: readonly string[];
  readonly isOwnHeld: boolean;
}

const QUERY = `query ConsoleAccessMap {
  accessMap { coordinate isPublic reach requirements { anyOf reach heldBy isOwnHeld } }
}`;

/** Throws `AmbitClientError`. */
export async function readAccessMap(client: AmbitClient): Promise<readonly AccessEntry[]> {
  return (await client.request<{ accessMap: readonly AccessEntry[] }, object>(QUERY)).accessMap;
}

/** What one scope of the token does for a place: opens it whole or for some ids, or meets a part of what it asks for. */
export type Cell = 'all' | 'some' | 'part' | 'none';

export function cellOf({ requirements }: AccessEntry, scope: string): Cell {
  const met = requirements.filter(({ heldBy }) => heldBy.includes(scope));
  if (met.length === 0) return 'none';
  if (met.length < requirements.length) return 'part';
  return opensAll(scope, met) ? 'all' : 'some';
}

/** Of each requirement that has no id the scope meets the whole; of the others, unless it names an id itself. */
function opensAll(scope: string, met: readonly Requirement[]): boolean {
  const parts = scope.split(':');
  const namesId = parts.length === 3 && parts[1] !== '*';
  return !namesId || met.every(({ anyOf }) => anyOf.includes(scope));
}

/** The rows in groups, by the type that they belong to. */
export function groupEntries(
  entries: readonly AccessEntry[],
): readonly { readonly title: string; readonly entries: readonly AccessEntry[] }[] {
  const groups = Map.groupBy(entries, ({ coordinate }) => titleOf(coordinate));
  return [...groups].map(([title, entries]) => ({ title, entries }));
}

const ROOTS: Readonly<Record<string, string>> = {
  Query: 'Reading',
  Mutation: 'Changing',
  Subscription: 'Watching',
};

function titleOf(coordinate: string): string {
  if (coordinate.includes('(')) return 'Inputs';
  const [type = ''] = coordinate.split('.');
  return ROOTS[type] ?? (type.endsWith('Input') ? 'Inputs' : 'Fields of objects');
}

/** In a sentence: what a place asks for, and why the token comes so far. */
export function explainEntry({ isPublic, requirements, reach }: AccessEntry): string {
  if (isPublic) return 'It needs no token.';
  if (requirements.length === 0) return 'Any valid token opens it.';
  if (reach === 'ALL') return 'This token opens it, whatever the id.';
  const missing = requirements.filter((one) => one.reach === 'NONE');
  if (missing.length > 0) {
    const lists = missing.map(({ anyOf }) => anyOf.join(' or '));
    return `This token does not open it. It lacks ${lists.join(', and ')}.`;
  }
  if (reach === 'NONE')
    return 'This token holds what it asks for, but no field that the token opens leads to it.';
  const isOwn = requirements.some(({ isOwnHeld, heldBy }) => isOwnHeld && heldBy.length === 0);
  return isOwn
    ? 'This token opens it for the own id.'
    : 'This token opens it for the ids that its scopes name.';
}
