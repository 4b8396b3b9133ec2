import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type DialectAdapter,
  type Driver,
  type Kysely,
  type QueryCompiler,
  type QueryResult,
  type TransactionSettings,
} from 'kysely';

import { invalidValue, toStoreError, unavailable } from './to-store-error.ts';

/**
 * `dialect`, with every error of its driver turned into one of ours, and with text that no database holds (NUL, a lone
 * surrogate) refused before it is sent, as InvalidInputError: in an id or an owner it must not be taken for another.
 */
export class GuardedDialect implements Dialect {
  readonly #dialect: Dialect;

  constructor(dialect: Dialect) {
    this.#dialect = dialect;
  }

  createDriver(): Driver {
    return new GuardedDriver(this.#dialect.createDriver());
  }

  createAdapter(): DialectAdapter {
    return this.#dialect.createAdapter();
  }

  createQueryCompiler(): QueryCompiler {
    return this.#dialect.createQueryCompiler();
  }

  createIntrospector(db: Kysely<unknown>): ReturnType<Dialect['createIntrospector']> {
    return this.#dialect.createIntrospector(db);
  }
}

/** Savepoints, streams and cancelling of statements are left out: no query here uses them. */
class GuardedDriver implements Driver {
  readonly #driver: Driver;

  constructor(driver: Driver) {
    this.#driver = driver;
  }

  async init(): Promise<void> {
    await translated(this.#driver.init());
  }

  /** Whatever keeps a connection from being made (a certificate, say) is the database being away. */
  async acquireConnection(): Promise<DatabaseConnection> {
    try {
      return new GuardedConnection(await this.#driver.acquireConnection());
    } catch (error) {
      throw unavailable(error);
    }
  }

  async beginTransaction(connection: DatabaseConnection, settings: TransactionSettings): Promise<void> {
    await translated(this.#driver.beginTransaction(innerOf(connection), settings));
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await translated(this.#driver.commitTransaction(innerOf(connection)));
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await translated(this.#driver.rollbackTransaction(innerOf(connection)));
  }

  async releaseConnection(connection: DatabaseConnection): Promise<void> {
    await translated(this.#driver.releaseConnection(innerOf(connection)));
  }

  async destroy(): Promise<void> {
    await translated(this.#driver.destroy());
  }
}

class GuardedConnection implements DatabaseConnection {
  readonly inner: DatabaseConnection;

  constructor(inner: DatabaseConnection) {
    this.inner = inner;
  }

  async executeQuery<TRow>(query: CompiledQuery): Promise<QueryResult<TRow>> {
    if (query.parameters.some(isUnstorable)) throw invalidValue();
    return await translated(this.inner.executeQuery<TRow>(query));
  }

  streamQuery(): never {
    throw new TypeError('Queries are not streamed.');
  }
}

function isUnstorable(parameter: unknown): boolean {
  if (Array.isArray(parameter)) return parameter.some(isUnstorable);
  return typeof parameter === 'string' && (parameter.includes('\0') || !parameter.isWellFormed());
}

function innerOf(connection: DatabaseConnection): DatabaseConnection {
  if (connection instanceof GuardedConnection) return connection.inner;
  throw new TypeError('The connection is not one of this driver.');
}

async function translated<TResult>(promise: Promise<TResult>): Promise<TResult> {
  try {
    return await promise;
  } catch (error) {
    throw toStoreError(error);
  }
}
