import { type PGlite } from '@electric-sql/pglite';
import {
  CompiledQuery,
  type DatabaseConnection,
  type Driver,
  PGliteDialect,
  type QueryResult,
  type TransactionSettings,
} from 'kysely';

/**
 * Kysely's dialect for PGlite with transactions made of plain statements: Kysely's own go through `PGlite.transaction`, whose
 * failure to begin, as on a closed database, leaves the caller waiting for ever. Kysely gives the connection to one user at a
 * time, so nothing gets in between.
 */
export class StatementPgliteDialect extends PGliteDialect {
  readonly #pglite: PGlite;

  constructor(pglite: PGlite) {
    super({ pglite });
    this.#pglite = pglite;
  }

  override createDriver(): Driver {
    return new PgliteDriver(this.#pglite);
  }
}

class PgliteDriver implements Driver {
  readonly #pglite: PGlite;
  readonly #connection: PgliteConnection;

  constructor(pglite: PGlite) {
    this.#pglite = pglite;
    this.#connection = new PgliteConnection(pglite);
  }

  async init(): Promise<void> {
    await this.#pglite.waitReady;
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    return this.#connection;
  }

  async beginTransaction(_: DatabaseConnection, { isolationLevel }: TransactionSettings): Promise<void> {
    await this.#connection.begin(
      isolationLevel === undefined ? 'begin' : `begin isolation level ${isolationLevel}`,
    );
  }

  async commitTransaction(): Promise<void> {
    await this.#connection.commit();
  }

  async rollbackTransaction(): Promise<void> {
    await this.#connection.executeQuery(CompiledQuery.raw('rollback'));
  }

  async releaseConnection(): Promise<void> {}

  async destroy(): Promise<void> {
    await this.#pglite.close();
  }
}

class PgliteConnection implements DatabaseConnection {
  readonly #pglite: PGlite;
  #hasFailed = false;

  constructor(pglite: PGlite) {
    this.#pglite = pglite;
  }

  async begin(statement: string): Promise<void> {
    await this.executeQuery(CompiledQuery.raw(statement));
    this.#hasFailed = false;
  }

  /** After a failed statement COMMIT rolls back and says nothing of it: it must not pass for a commit. */
  async commit(): Promise<void> {
    if (this.#hasFailed) throw new Error('A transaction with a failed statement cannot be committed.');
    await this.executeQuery(CompiledQuery.raw('commit'));
  }

  async executeQuery<TRow>(query: CompiledQuery): Promise<QueryResult<TRow>> {
    try {
      const { rows, affectedRows } = await this.#pglite.query<TRow>(query.sql, [...query.parameters]);
      return affectedRows === undefined ? { rows } : { rows, numAffectedRows: BigInt(affectedRows) };
    } catch (error) {
      this.#hasFailed = true;
      throw error;
    }
  }

  streamQuery(): never {
    throw new TypeError('Queries are not streamed.');
  }
}
