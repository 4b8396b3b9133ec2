import { type RootOperationNode, sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { statement } from '../../src/store/statement.ts';
import { createTestDatabase, DATABASE_KINDS, type TestDatabase } from '../_util/test-database.ts';

describe.each(DATABASE_KINDS)('a statement on %s', (kind) => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createTestDatabase(kind);
  });

  afterAll(async () => {
    await database[Symbol.asyncDispose]();
  });

  const createStatement = () => {
    const texts: string[] = [];
    const ask = statement((db, values: { readonly word: string; readonly count: number | null }) => {
      const query = db.selectNoFrom([
        sql<string>`${values.word}::text`.as('word'),
        sql<number | null>`${values.count}::integer`.as('count'),
        sql<string>`${'fixed'}::text || ${values.word}::text`.as('both'),
      ]);
      texts.push(query.compile().sql);
      return query;
    });
    return { ask, texts };
  };

  test('is built once and given its values each time', async () => {
    const { ask, texts } = createStatement();
    expect(await ask(database.db, { word: 'a', count: 1 })).toEqual([
      { word: 'a', count: 1, both: 'fixeda' },
    ]);
    expect(await ask(database.db, { word: "'b", count: null })).toEqual([
      { word: "'b", count: null, both: "fixed'b" },
    ]);
    expect(texts).toHaveLength(1);
  });

  test('is the same in a transaction', async () => {
    const { ask, texts } = createStatement();
    await ask(database.db, { word: 'a', count: 1 });
    const rows = await database.db.transaction().execute((trx) => ask(trx, { word: 'b', count: 2 }));
    expect(rows).toEqual([{ word: 'b', count: 2, both: 'fixedb' }]);
    expect(texts).toHaveLength(1);
  });

  test('names the tables of the schema of its handle', async () => {
    const ask = statement((db, { id }: { readonly id: string }) =>
      db.selectFrom('run').select('id').where('id', '=', id),
    );
    const id = '00000000-0000-7000-8000-000000000001';
    expect(await ask(database.db, { id })).toEqual([]);
    await expect(ask(database.db.withoutPlugins().withSchema('elsewhere'), { id })).rejects.toMatchObject({
      code: '42P01',
    });
    expect(await ask(database.db, { id })).toEqual([]);
  });

  test('is built anew for a handle whose plugins see each query', async () => {
    const { ask, texts } = createStatement();
    const nodes: RootOperationNode[] = [];
    const watched = database.db.withPlugin({
      transformQuery: ({ node }) => {
        nodes.push(node);
        return node;
      },
      transformResult: async ({ result }) => result,
    });
    await ask(watched, { word: 'a', count: 1 });
    await ask(watched, { word: 'b', count: 2 });
    expect(texts).toHaveLength(2);
    expect(nodes.length).toBeGreaterThanOrEqual(2);
  });

  test('holds text that no database holds back, as any query', async () => {
    const { ask } = createStatement();
    await expect(ask(database.db, { word: 'a\0b', count: 1 })).rejects.toMatchObject({
      name: 'InvalidInputError',
    });
  });
});
