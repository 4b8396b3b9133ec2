import { sql } from 'kysely';

import { type Db } from './tables.ts';

export interface Renewal {
  /** Other nodes that live. */
  readonly peers: number;
}

/**
 * Says that this node lives for `leaseSeconds` from now on, by the database's clock; `null`: its lease has run out, or somebody
 * removed it, and its runs may be another's. Index: node_pkey.
 */
export async function renewNode(db: Db, id: string, leaseSeconds: number): Promise<Renewal | null> {
  const row = await db
    .updateTable('node')
    .set({ lease_until: after(leaseSeconds) })
    .where('id', '=', id)
    .where('lease_until', '>', sql<Date>`now()`)
    .returning((eb) =>
      eb
        .selectFrom('node as other')
        .select(({ fn }) => fn.countAll<string>().as('count'))
        .where('other.id', '!=', id)
        .where('other.lease_until', '>', sql<Date>`now()`)
        .as('peers'),
    )
    .executeTakeFirst();
  return row === undefined ? null : { peers: Number(row.peers) };
}

/** Makes this node one that lives, whatever it was, and forgets those that died long ago. Index: node_pkey. */
export async function registerNode(db: Db, id: string, leaseSeconds: number): Promise<void> {
  await db
    .with('forgotten', (qb) =>
      qb
        .deleteFrom('node')
        .where('lease_until', '<', sql<Date>`now() - interval '1 day'`)
        .where('id', '!=', id),
    )
    .insertInto('node')
    .values({ id, lease_until: after(leaseSeconds) })
    .onConflict((conflict) => conflict.column('id').doUpdateSet({ lease_until: after(leaseSeconds) }))
    .execute();
}

/** Takes this node off: what is RUNNING under its name may be taken over at once. Index: node_pkey. */
export async function removeNode(db: Db, id: string): Promise<void> {
  await db.deleteFrom('node').where('id', '=', id).execute();
}

/** Takes all nodes off but this one, where no other can live. */
export async function removeOtherNodes(db: Db, id: string): Promise<void> {
  await db.deleteFrom('node').where('id', '!=', id).execute();
}

function after(seconds: number) {
  return sql<Date>`now() + make_interval(secs => ${seconds}::double precision)`;
}
