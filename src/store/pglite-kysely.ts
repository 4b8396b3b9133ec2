import { type PGlite } from '@electric-sql/pglite';
import { Kysely } from 'kysely';

import { GuardedDialect } from './guarded-dialect.ts';
import { StatementPgliteDialect } from './pglite-dialect.ts';
import { type Tables } from './tables.ts';

/**
 * The query builder over `pglite`, with every table in `schema`. It has one connection: inside a transaction, a query that does
 * not go through the transaction's handle waits for ever.
 */
export function createPgliteKysely(pglite: PGlite, schema: string): Kysely<Tables> {
  return new Kysely<Tables>({ dialect: new GuardedDialect(new StatementPgliteDialect(pglite)) }).withSchema(
    schema,
  );
}
