import { type RawBuilder, sql, type SqlBool } from 'kysely';

import { type Keyset } from './page.ts';

/** Tables with lists in the order of ids. */
export type ListedTable = 'session' | 'run' | 'approval' | 'audit_event';

/** The condition that the row of `table` lies within `keyset`, in a list that goes from the greatest id to the least. */
export function afterId(table: ListedTable, { after, before }: Keyset<string>): RawBuilder<SqlBool> {
  const id = sql.ref(`${table}.id`);
  const bounds = [
    ...(after === null ? [] : [sql<SqlBool>`${id} < ${after}`]),
    ...(before === null ? [] : [sql<SqlBool>`${id} > ${before}`]),
  ];
  return bounds.length === 0 ? sql`true` : sql.join(bounds, sql` and `);
}
