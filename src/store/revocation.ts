import { type Selectable, sql, type SqlBool } from 'kysely';

import { type TokenMark } from '../scope/principal.ts';
import { type Revocation } from '../scope/revocation.ts';
import { statement } from './statement.ts';
import { type Db, type RevocationTable } from './tables.ts';

/** A revocation as it is stored: `seq` says where it stands among all. */
export interface StoredRevocation {
  readonly seq: number;
  readonly revocation: Revocation;
}

const LOCK = sql`hashtextextended('ambit revocation', 0)`;

/**
 * Makes whoever stores a revocation wait until `trx` ends: to be called first in the transaction that stores a run, before
 * `isRevoked` is asked in it. So a run is either refused, or seen by the revocation that comes after it.
 */
export async function holdRevocations(trx: Db): Promise<void> {
  await sql`select pg_advisory_xact_lock_shared(${LOCK})`.execute(trx);
}

/**
 * Stores a revocation; one that reaches less far than what is stored changes nothing but its place. `trx` must be a transaction. The lock
 * is held until that has committed, so that of any two the one with the lower `seq` can be seen first: who has read up to a `seq` has
 * missed none below it. Index: revocation_pkey.
 */
export async function storeRevocation(
  trx: Db,
  revocation: Revocation,
  { revokedBy, now }: { readonly revokedBy: string; readonly now: Date },
): Promise<void> {
  await sql`select pg_advisory_xact_lock(${LOCK})`.execute(trx);
  await trx
    .insertInto('revocation')
    .values({ ...toColumns(revocation), revoked_at: now, revoked_by: revokedBy })
    .onConflict((conflict) =>
      conflict.columns(['kind', 'subject']).doUpdateSet((eb) => ({
        seq: eb.ref('excluded.seq'),
        issued_before: sql<Date | null>`greatest(revocation.issued_before, excluded.issued_before)`,
        // What is not known for one of them is not known for both.
        keep_until: sql<Date | null>`case when revocation.keep_until is not null and excluded.keep_until is not null
          then greatest(revocation.keep_until, excluded.keep_until) end`,
      })),
    )
    .execute();
}

/** The revocations after a `seq`, in the order of `seq`, at most `limit`. Index: revocation_seq_key. */
export async function listRevocations(
  db: Db,
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<StoredRevocation[]> {
  const rows = await db
    .selectFrom('revocation')
    .selectAll()
    .where('seq', '>', after)
    .orderBy('seq')
    .limit(limit)
    .execute();
  return rows.map((row) => ({ seq: row.seq, revocation: toRevocation(row) }));
}

/** Whether a token is revoked, as far as `db` sees. Index: revocation_pkey. */
export async function isRevoked(db: Db, { id, tokenId, issuedAt }: TokenMark): Promise<boolean> {
  const found = await reaching(db, { id, tokenId, issuedAt });
  return found.length > 0;
}

/** A token that does not say when it was issued is reached by all that reaches its user. */
const reaching = statement((db, mark: Pick<TokenMark, 'id' | 'tokenId' | 'issuedAt'>) =>
  db
    .selectFrom('revocation')
    .select('kind')
    .where((eb) => {
      const reaches = sql<SqlBool>`(${mark.issuedAt}::timestamptz is null or issued_before > ${mark.issuedAt})`;
      return eb.or([
        eb.and([eb('kind', '=', 'token'), sql<SqlBool>`subject = ${mark.tokenId}::text`]),
        eb.and([eb('kind', '=', 'user'), eb('subject', '=', mark.id), reaches]),
        eb.and([eb('kind', '=', 'all'), eb('subject', '=', ''), reaches]),
      ]);
    })
    .limit(1),
);

/** Forgets revocations that no good token can meet any more. Index: revocation_keep_idx. */
export async function deleteOldRevocations(db: Db, now: Date): Promise<void> {
  await db.deleteFrom('revocation').where('keep_until', '<', now).execute();
}

function toColumns(
  revocation: Revocation,
): Pick<Selectable<RevocationTable>, 'kind' | 'subject' | 'issued_before' | 'keep_until'> {
  const { kind } = revocation;
  switch (kind) {
    case 'token':
      return { kind, subject: revocation.tokenId, issued_before: null, keep_until: revocation.keepUntil };
    case 'user':
      return { kind, subject: revocation.userId, issued_before: revocation.issuedBefore, keep_until: null };
    case 'all':
      return { kind, subject: '', issued_before: revocation.issuedBefore, keep_until: null };
  }
}

function toRevocation({ kind, subject, issued_before, keep_until }: Selectable<RevocationTable>): Revocation {
  if (kind === 'token') return { kind, tokenId: subject, keepUntil: keep_until };
  // The table's own check: those of users and of all have it.
  const issuedBefore = issued_before ?? new Date(0);
  return kind === 'user' ? { kind, userId: subject, issuedBefore } : { kind, issuedBefore };
}
