import { type RawBuilder, sql, type SqlBool } from 'kysely';

/** Whose rows a query may touch, as `readableOwners` and `actableOwners` give it. An empty list: nobody's. */
export type Owners = 'all' | readonly string[];

/** Those of `ids` that a list is asked for, each once: the one `id`, or without it all of them. */
export function narrowTo(
  ids: 'all' | readonly string[],
  id: string | null | undefined,
): 'all' | readonly string[] {
  if (typeof id === 'string') return ids === 'all' || ids.includes(id) ? [id] : [];
  return ids === 'all' ? ids : [...new Set(ids)];
}

/** The condition that the row of `table` belongs to one of `owners`. */
export function ownedBy(table: 'session' | 'run', owners: Owners): RawBuilder<SqlBool> {
  return owners === 'all' ? sql`true` : isAnyOf(`${table}.owner`, owners);
}

/** The condition that `column` holds one of `texts`; one text is compared as such, for an index to give the order too. */
export function isAnyOf(column: string, texts: readonly string[]): RawBuilder<SqlBool> {
  const [text, ...others] = texts;
  if (text !== undefined && others.length === 0) return sql`${sql.ref(column)} = ${text}`;
  return sql`${sql.ref(column)} = any(${texts}::text[])`;
}
