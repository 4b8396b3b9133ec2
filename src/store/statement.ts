import { type Compilable, type CompiledQuery, type KyselyPlugin } from 'kysely';

import { type Db } from './tables.ts';

/** Stands in a compiled query for a value that each execution gives. */
class Placeholder {
  readonly name: PropertyKey;

  constructor(name: PropertyKey) {
    this.name = name;
  }
}

/**
 * A query that is asked so often that building its text would cost more than all else of it in this process: it is built once for each
 * schema, and given its values each time. `build` is handed placeholders for the values: they may go into the query as they are, and
 * nothing may be asked of them, so one text serves all values.
 */
export function statement<TValues extends object, TRow>(
  build: (db: Db, values: TValues) => Compilable<TRow>,
): (db: Db, values: TValues) => Promise<TRow[]> {
  const compiled = new WeakMap<KyselyPlugin, CompiledQuery<TRow>>();
  return async (db, values) => {
    const schema = schemaOf(db);
    if (schema === null) return (await db.executeQuery(build(db, values))).rows;
    const query = compiled.get(schema) ?? build(db, placeholders<TValues>()).compile();
    compiled.set(schema, query);
    const parameters = query.parameters.map((parameter) =>
      parameter instanceof Placeholder ? values[parameter.name as keyof TValues] : parameter,
    );
    return (await db.executeQuery<TRow>({ ...query, parameters })).rows;
  };
}

/** What a handle and its transactions have in common: the plugin that names the schema. `null`: it has others, which see each query. */
function schemaOf(db: Db): KyselyPlugin | null {
  const [plugin, ...others] = db.getExecutor().plugins;
  return others.length === 0 ? (plugin ?? null) : null;
}

/** Each property that is read is a placeholder of that name, whatever its type says. */
function placeholders<TValues extends object>(): TValues {
  return new Proxy({}, { get: (_target, name) => new Placeholder(name) }) as TValues;
}
