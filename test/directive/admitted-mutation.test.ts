import { execute, parse } from 'graphql';
import { describe, expect, it } from 'vitest';

import type { AdmittedMutation } from '../../src/directive/admitted-mutation.ts';
import { guardSchema } from '../../src/directive/guard-schema.ts';
import { UnavailableError } from '../../src/errors.ts';
import { GrantSet } from '../../src/scope/grant-set.ts';
import { buildBare, families, type TestContext } from './guarded-schema.ts';

const typeDefs = /* GraphQL */ `
  type Query {
    read: String @requiresScope(scope: "config:read")
  }
  type Thing {
    id: ID
    text: String @requiresScope(scope: "docs:read")
  }
  type Mutation {
    open: String @public
    any: String @authenticated
    token: String @requiresScope(scope: ["config:read", "docs:write"])
    call(id: ID): String @requiresScope(scope: "agents:{args.id}:run") @requiresScope(scope: "docs:write")
    loaded(id: ID): Thing @requiresScope(scope: ["docs:{doc.id}:write", "agents:{doc.agentId}:run"])
    items: [Thing!] @requiresScope(scope: "docs:{item.id}:read")
    admin: String @requiresScope(scope: "agent_os:admin")
    given(force: Boolean @requiresScope(scope: "docs:write"), text: String): String @public
    both(force: Boolean @requiresScope(scope: "docs:write")): String @requiresScope(scope: "config:read")
  }
`;

type Told = AdmittedMutation<TestContext>;

function build(onMutation: (told: Told) => Promise<void> | void) {
  const ran: string[] = [];
  const give =
    (name: string, value: unknown = name) =>
    () => {
      ran.push(name);
      return value;
    };
  const schema = guardSchema<TestContext>(
    buildBare({
      typeDefs,
      resolvers: {
        Query: { read: give('read') },
        Mutation: {
          open: give('open'),
          any: give('any'),
          token: give('token'),
          call: give('call'),
          loaded: give('loaded', { id: 'd1', text: 'x' }),
          items: give('items', [
            { id: 'd1', text: 'x' },
            { id: 'd2', text: 'y' },
          ]),
          admin: give('admin'),
          given: give('given'),
          both: give('both'),
        },
      },
    }),
    {
      principalOf: ({ principal }) => principal,
      families,
      loaders: { doc: ({ id }) => (id === 'none' ? null : { id: 'd1', agentId: 'a1' }) },
      onMutation,
    },
  );
  const run = async (document: string, contextValue: TestContext) =>
    await execute({ schema, document: parse(document), contextValue });
  const ask = async (document: string, scopes: readonly string[] | null) => {
    return await run(document, { principal: scopes === null ? null : { grants: new GrantSet(scopes) } });
  };
  return { ask, run, ran };
}

describe('who wants to know of mutations', () => {
  it.each<[string, readonly string[] | null, string, Partial<Told>]>([
    ['public', null, 'mutation { open }', { coordinate: 'Mutation.open', required: [], grants: [] }],
    [
      'authenticated',
      [],
      'mutation { x: any }',
      { coordinate: 'Mutation.any', key: 'x', required: [], grants: [] },
    ],
    [
      'guarded by the token',
      ['docs:write', 'config:read'],
      'mutation { token }',
      { required: [['config:read', 'docs:write']], grants: ['config:read'] },
    ],
    [
      'guarded by an argument',
      ['agents:a2:run', 'agents:*:run', 'agents:a1:run', 'docs:write'],
      'mutation { call(id: "a1") }',
      {
        args: { id: 'a1' },
        required: [['agents:a1:run'], ['docs:write']],
        grants: ['agents:*:run', 'docs:write'],
      },
    ],
    [
      'guarded by what a loader finds',
      ['docs:d2:write', 'agents:a1:run'],
      'mutation { loaded(id: "1") { id } }',
      { required: [['docs:d1:write', 'agents:a1:run']], grants: ['agents:a1:run'] },
    ],
    [
      'guarded by its elements',
      ['docs:d1:read'],
      'mutation { items { id } }',
      { required: [['docs:<id>:read']], grants: [] },
    ],
    [
      'asked for by admin',
      ['agent_os:admin'],
      'mutation { loaded(id: "1") { id } }',
      { required: [['docs:d1:write', 'agents:a1:run']], grants: ['agent_os:admin'] },
    ],
    [
      'public, and given nothing that is guarded',
      null,
      'mutation { given(text: "x") }',
      { coordinate: 'Mutation.given', required: [], grants: [] },
    ],
    [
      'public, and given what is guarded',
      ['docs:write'],
      'mutation { given(force: true) }',
      { required: [['docs:write']], grants: ['docs:write'] },
    ],
    [
      'guarded, and given nothing that is',
      ['config:read'],
      'mutation { both }',
      { required: [['config:read']], grants: ['config:read'] },
    ],
    [
      'guarded, and given what is guarded, too',
      ['docs:write', 'config:read'],
      'mutation { both(force: true) }',
      { required: [['config:read'], ['docs:write']], grants: ['config:read', 'docs:write'] },
    ],
    ['for admin alone', ['agent_os:admin'], 'mutation { admin }', { grants: ['agent_os:admin'] }],
  ])('is told of one that is %s', async (_name, scopes, document, expected) => {
    const told: Told[] = [];
    const { ask, ran } = build((mutation) => void told.push(mutation));
    expect((await ask(document, scopes)).errors).toBeUndefined();
    expect(told).toMatchObject([expected]);
    expect(ran).toHaveLength(1);
  });

  it.each<[string, readonly string[] | null, string]>([
    ['without a token', null, 'mutation { any }'],
    ['without the scope', ['docs:read'], 'mutation { token }'],
    ['without the scope for that id', ['agents:a2:run', 'docs:write'], 'mutation { call(id: "a1") }'],
    ['that a loader does not find', ['docs:write'], 'mutation { loaded(id: "none") { id } }'],
    ['that a loader finds to be another', ['docs:d2:write'], 'mutation { loaded(id: "1") { id } }'],
    ['given what is guarded', ['config:read'], 'mutation { both(force: true) }'],
    ['that is public but given what is guarded', null, 'mutation { given(force: true) }'],
    ['that is a query', ['config:read'], '{ read }'],
  ])('is not told of one %s', async (_name, scopes, document) => {
    const told: Told[] = [];
    const { ask, ran } = build((mutation) => void told.push(mutation));
    const { errors } = await ask(document, scopes);
    expect(told).toEqual([]);
    expect(ran).toEqual(errors === undefined ? ['read'] : []);
  });

  it('is waited for, field by field; what they throw keeps the field from running', async () => {
    const log: string[] = [];
    const { ask, ran } = build(async ({ key }) => {
      log.push(`begin ${key}`);
      await new Promise(setImmediate);
      log.push(`end ${key}, ran ${ran.length}`);
      if (key === 'b') throw new UnavailableError('No.');
    });
    const { data, errors } = await ask('mutation { a: token b: token c: open d: open }', ['config:read']);
    expect(log).toEqual(
      ['a', 'b', 'c', 'd'].flatMap((key, n) => [`begin ${key}`, `end ${key}, ran ${[0, 1, 1, 2][n]}`]),
    );
    expect(data).toEqual({ a: 'token', b: null, c: 'open', d: 'open' });
    expect(errors).toMatchObject([{ path: ['b'], originalError: { code: 'UNAVAILABLE' } }]);
    expect(ran).toEqual(['token', 'open', 'open']);
  });

  it.each<[string, string]>([
    ['by an argument', 'mutation { call(id: "a1") }'],
    ['by what a loader finds', 'mutation { loaded(id: "1") { id } }'],
    ['by its input', 'mutation { given(force: true) }'],
  ])('lets none run that is guarded %s and may no more when they are done', async (_name, document) => {
    const held = { grants: new GrantSet(['docs:write', 'docs:d1:write', 'agents:a1:run']) };
    const context: { principal: typeof held } = { principal: held };
    const { run, ran } = build(async () => {
      await new Promise(setImmediate);
      context.principal = { grants: new GrantSet(['config:read']) };
    });
    const { data, errors } = await run(document, context);
    expect(ran).toEqual([]);
    expect(Object.values(data ?? {})).toEqual([null]);
    expect(errors).toMatchObject([{ originalError: { code: 'FORBIDDEN' } }]);
  });

  it('changes nothing of what is given: lists are filtered, fields below are guarded', async () => {
    const { ask } = build(() => undefined);
    const { data, errors } = await ask('mutation { items { id text } }', ['docs:d1:read']);
    expect(data).toEqual({ items: [{ id: 'd1', text: null }] });
    expect(errors).toHaveLength(1);
  });
});
