import { type PGlite } from '@electric-sql/pglite';
import { type Kysely } from 'kysely';

import { type Tables } from './tables.ts';
import { toStoreError } from './to-store-error.ts';

/**
 * Plain SQL on PGlite's one connection, while nobody else has it: what is executed may begin and commit. A transaction that a failed
 * statement left open is rolled back, as a connection of a pool would be let go.
 */
export async function executePlain(
  { db, pglite }: { readonly db: Kysely<Tables>; readonly pglite: PGlite },
  text: string,
  values: readonly unknown[],
): Promise<{ rows: Record<string, unknown>[] }> {
  return await db.connection().execute(async () => {
    try {
      if (values.length > 0) return await pglite.query<Record<string, unknown>>(text, [...values]);
      const results = await pglite.exec(text);
      return { rows: results.flatMap(({ rows }) => rows as Record<string, unknown>[]) };
    } catch (error) {
      await pglite.query('rollback').catch(() => undefined);
      throw toStoreError(error);
    }
  });
}
