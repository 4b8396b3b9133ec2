import { type RawBuilder, sql, type SqlBool } from 'kysely';

/** Whose rows a query may touch, as `readableOwners` and `actableOwners` give it. An empty list: nobody's. */
export type Owners = 'all' | readonly string[];

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
