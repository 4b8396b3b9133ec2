import { InvalidInputError } from '../errors.ts';
import { isUuid } from '../lib/is-uuid.ts';

/** A page as a client asks for it (Relay's cursor connections specification). Neither `first` nor `last`: the first 20. */
export interface Page {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly last?: number | null | undefined;
  readonly before?: string | null | undefined;
}

/** The rows of one page, in the list's order whichever way it was read. */
export interface PageResult<TRow> {
  readonly rows: readonly TRow[];
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
}

/** A page as a query reads it: `limit` rows between the keys, from the end when `backward`. */
export interface Keyset<TKey> {
  readonly limit: number;
  readonly backward: boolean;
  readonly after: TKey | null;
  readonly before: TKey | null;
}

const MAX_PAGE = 100;
const DEFAULT_PAGE = 20;

/**
 * What `page` asks for; `parseKey` reads the text inside a cursor and gives `null` when it is none of its kind.
 * @throws InvalidInputError naming `first`, `last`, `after` or `before`.
 */
export function parsePage<TKey>(page: Page, parseKey: (text: string) => TKey | null): Keyset<TKey> {
  const first = parseCount('first', page.first);
  const last = parseCount('last', page.last);
  if (first !== null && last !== null) {
    throw new InvalidInputError('last', 'first and last cannot be given together.');
  }
  return {
    limit: first ?? last ?? DEFAULT_PAGE,
    backward: last !== null,
    after: parseCursor('after', page.after, parseKey),
    before: parseCursor('before', page.before, parseKey),
  };
}

/** The page that `rows` make, read by `keyset` with one row more than its limit, which tells whether there are more. */
export function toPageResult<TKey, TRow>(keyset: Keyset<TKey>, rows: readonly TRow[]): PageResult<TRow> {
  const { limit, backward, after, before } = keyset;
  const hasMore = rows.length > limit;
  const kept = rows.slice(0, limit);
  return backward
    ? { rows: kept.toReversed(), hasNextPage: before !== null, hasPreviousPage: hasMore }
    : { rows: kept, hasNextPage: hasMore, hasPreviousPage: after !== null };
}

export const EMPTY_PAGE: PageResult<never> = { rows: [], hasNextPage: false, hasPreviousPage: false };

/** The opaque cursor that stands for `key`. Lists of sessions and runs use the row's id. */
export function toCursor(key: string): string {
  return Buffer.from(key).toString('base64url');
}

/** The key of lists in the order of ids. */
export function parseIdKey(text: string): string | null {
  return isUuid(text) ? text.toLowerCase() : null;
}

function parseCount(field: 'first' | 'last', count: number | null | undefined): number | null {
  if (count === null || count === undefined) return null;
  if (Number.isInteger(count) && count >= 1 && count <= MAX_PAGE) return count;
  throw new InvalidInputError(field, `${field} must be from 1 to ${MAX_PAGE}.`);
}

function parseCursor<TKey>(
  field: 'after' | 'before',
  cursor: string | null | undefined,
  parseKey: (text: string) => TKey | null,
): TKey | null {
  if (cursor === null || cursor === undefined) return null;
  const text = Buffer.from(cursor, 'base64url').toString();
  const key = parseKey(text);
  // Compared again, since the decoder skips what is not base64.
  if (key === null || toCursor(text) !== cursor) {
    throw new InvalidInputError(field, `${field} is not a cursor of this list.`);
  }
  return key;
}
