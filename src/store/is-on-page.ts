import { type RawBuilder, sql, type SqlBool } from 'kysely';

import { afterId, type ListedTable } from './after-id.ts';
import { isAnyOf } from './owner.ts';
import { type Keyset } from './page.ts';

/** A column that must hold one of the values. `'all'`: any will do; an empty list: no row does. */
export interface Condition {
  readonly column: string;
  readonly values: 'all' | readonly string[];
}

/** A page of a list that goes from the greatest id to the least. */
export interface IdPage {
  /** The columns with which an index begins that goes on with the id; one with `'all'` counts as left out. */
  readonly leads: readonly Condition[];
  /** What else a row must meet, looked at row after row. */
  readonly filters?: readonly RawBuilder<SqlBool>[];
  readonly keyset: Keyset<string>;
}

/** A column, and what it must hold in one stretch of the index. */
interface Lead {
  readonly column: string;
  readonly value: RawBuilder<unknown>;
}

type List = Condition & { readonly values: readonly string[] };

/**
 * So many stretches are written out, each planned by what the database knows of its values. More of them are one join, as quick to
 * plan as one of them, in which all are planned by what values have as a rule: where that is less than a page, and the table was not
 * vacuumed lately, those that have more are read as a whole.
 */
const MAX_PLANNED = 6;

/**
 * The condition that the row of `table` is on the page, or the one behind it, which tells that there are more. Whoever uses it sorts the
 * rows and cuts them off there: without leads they are all that the filters and the keyset let through.
 *
 * For each combination of the leads' values it reads one stretch of the index, of the page's length; those together are sorted and
 * cut. So it reads (page + 1) × combinations entries, wherever in the table they are. With filters each stretch goes on until they have
 * let so many rows through, at most to its end.
 */
export function isOnPage(table: ListedTable, page: IdPage): RawBuilder<SqlBool> {
  const { filters = [], keyset } = page;
  const lists = page.leads.filter((lead): lead is List => lead.values !== 'all');
  if (lists.length === 0) return sql.join([...filters, afterId(table, keyset)], sql` and `);
  const combinations = lists.reduce((product, { values }) => product * values.length, 1);
  if (combinations === 0) return sql`false`;
  const select = (leads: readonly Lead[]) => selectStretch(table, leads, page);
  const stretches = combinations > MAX_PLANNED ? joinStretches(lists, select) : uniteStretches(lists, select);
  return sql`${sql.ref(`${table}.id`)} = any(array(
    select page.id from (${stretches}) as page order by page.id ${directionOf(page)} limit ${keyset.limit + 1}
  ))`;
}

/** The condition as a filter. */
export function meets(table: ListedTable, { column, values }: Condition): RawBuilder<SqlBool> {
  return values === 'all' ? sql`true` : isAnyOf(`${table}.${column}`, values);
}

type Select = (leads: readonly Lead[]) => RawBuilder<unknown>;

function uniteStretches(lists: readonly List[], select: Select): RawBuilder<unknown> {
  const combinations = lists.reduce<readonly Lead[][]>(
    (some, { column, values }) =>
      some.flatMap((leads) => values.map((value) => [...leads, { column, value: toValue(column, value) }])),
    [[]],
  );
  return sql.join(combinations.map(select), sql` union all `);
}

function toValue(column: string, value: string): RawBuilder<unknown> {
  return column === 'session_id' ? sql`${value}::uuid` : sql`${value}`;
}

function joinStretches(lists: readonly List[], select: Select): RawBuilder<unknown> {
  const sources = lists.map(({ column, values }) => {
    const source = sql.ref(`some_${column}`);
    return {
      from: sql`unnest(${values}::text[]) as ${source}(value)`,
      lead: { column, value: sql`${source}.value` },
    };
  });
  const stretch = select(sources.map(({ lead }) => lead));
  return sql`select stretch.id from ${sql.join(sources.map(({ from }) => from))}, lateral ${stretch} as stretch`;
}

/**
 * The first lead is compared in a way that does not tell the planner that its column is the same in all rows. So the order is one that
 * only the leads' index gives: the primary key, whose rows lie side by side, looks cheaper, and would be walked from end to end when the
 * rows looked for are all old.
 */
function selectStretch(table: ListedTable, leads: readonly Lead[], page: IdPage): RawBuilder<unknown> {
  const { filters = [], keyset } = page;
  const equalities = leads.map(({ column, value }, index) =>
    index === 0 ? sql`${sql.ref(column)} = any(array[${value}])` : sql`${sql.ref(column)} = ${value}`,
  );
  const conditions = sql.join([...equalities, ...filters, afterId(table, keyset)], sql` and `);
  const columns = leads.map(({ column }) =>
    keyset.backward ? sql`${sql.ref(column)} desc` : sql.ref(column),
  );
  return sql`(select id from ${sql.table(table)} where ${conditions}
    order by ${sql.join(columns)}, id ${directionOf(page)} limit ${keyset.limit + 1})`;
}

function directionOf({ keyset }: IdPage): RawBuilder<unknown> {
  return keyset.backward ? sql`asc` : sql`desc`;
}
