import {
  buildClientSchema,
  getIntrospectionQuery,
  graphqlSync,
  isEnumType,
  printSchema,
  validateSchema,
} from 'graphql';
import { describe, expect, it } from 'vitest';

import { createSchemaView } from '../../src/directive/schema-view.ts';
import { SchemaViews } from '../../src/directive/schema-views.ts';
import { GrantSet } from '../../src/scope/grant-set.ts';
import { buildBare, buildGuarded } from './guarded-schema.ts';

const schema = buildGuarded({
  typeDefs: /* GraphQL */ `
    type Query {
      hello(kind: Kind): String @public
      agents: [Agent] @requiresScope(scope: "agents:{item.id}:read")
      doc(id: ID!): Doc @requiresScope(scope: ["docs:{args.id}:read", "config:read"])
      config: Config @requiresScope(scope: "config:read") @requiresScope(scope: "docs:read")
      named: [Named] @authenticated
      found: [Found] @authenticated
      admin: String @requiresScope(scope: "agent_os:admin")
      literal: String @requiresScope(scope: "agents:one:run")
    }
    type Mutation {
      write(input: WriteInput!): Doc @requiresScope(scope: "docs:write")
    }
    enum Kind {
      A
      B
    }
    input WriteInput {
      text: String = "x"
      more: [WriteInput!]
      mode: Mode = HARD
    }
    enum Mode {
      HARD
      SOFT
    }
    interface Named {
      name: String
      note: String
    }
    type Agent implements Named {
      name: String
      note: String @requiresScope(scope: "agents:write")
      id: ID
    }
    type Doc implements Named {
      name: String
      note: String
      text: String
    }
    type Config implements Named @requiresScope(scope: "config:read") {
      name: String
      note: String
      key: Key
    }
    type Key {
      text: String
    }
    type Vault @requiresScope(scope: "users:read") {
      text: String
    }
    union Found = Agent | Vault
  `,
});
const views = new SchemaViews(schema);

function viewOf(...scopes: string[]) {
  return views.viewOf(new GrantSet(scopes));
}

function namesOf(...scopes: string[]): string[] {
  const view = viewOf(...scopes);
  expect(validateSchema(view)).toEqual([]);
  return Object.keys(view.getTypeMap())
    .filter((name) => !name.startsWith('__') && !/^(String|ID|Boolean|Int|Float)$/.test(name))
    .toSorted();
}

function fieldsOf(typeName: string, ...scopes: string[]): string[] {
  const type = viewOf(...scopes).getType(typeName);
  return type && 'getFields' in type ? Object.keys(type.getFields()) : [];
}

describe('the view of a caller', () => {
  it('without any scope holds what any token opens', () => {
    expect(fieldsOf('Query')).toEqual(['hello', 'named', 'found']);
    expect(viewOf().getMutationType()).toBeNull();
    expect(namesOf()).toEqual(['Agent', 'Doc', 'Found', 'Kind', 'Named', 'Query']);
  });

  it.each([
    ['agents:a:read', ['hello', 'agents', 'named', 'found']],
    ['docs:a:read', ['hello', 'doc', 'named', 'found']],
    ['config:read', ['hello', 'doc', 'named', 'found']],
    ['agents:one:run', ['hello', 'named', 'found', 'literal']],
    ['agents:two:run', ['hello', 'named', 'found']],
    ['agents:*:run', ['hello', 'named', 'found', 'literal']],
    ['other:read', ['hello', 'named', 'found']],
    [':', ['hello', 'named', 'found']],
  ])('with %s has the root fields %j', (scope, fields) => {
    expect(fieldsOf('Query', scope)).toEqual(fields);
  });

  it('needs one entry of every list', () => {
    expect(fieldsOf('Query', 'config:read', 'docs:read')).toContain('config');
    // Without an id, so a grant for one id is none.
    expect(fieldsOf('Query', 'config:read', 'docs:a:read')).not.toContain('config');
  });

  it('leaves out what is reached through hidden fields alone, and a type all of whose fields are hidden', () => {
    expect(namesOf('config:read')).toContain('Config'); // as one of the Named
    expect(namesOf('config:read')).toContain('Key');
    expect(namesOf()).not.toContain('Config');
    expect(namesOf('users:read')).toContain('Vault');
  });

  it('keeps of an interface what all its types have kept', () => {
    expect(fieldsOf('Named')).toEqual(['name']);
    expect(fieldsOf('Named', 'agents:write')).toEqual(['name', 'note']);
    expect(fieldsOf('Doc')).toEqual(['name', 'note', 'text']);
  });

  it('leaves out the values of an enum that fields only give', () => {
    const graded = new SchemaViews(
      buildGuarded({
        typeDefs: /* GraphQL */ `
          type Query {
            grade: Grade @public
          }
          enum Grade {
            PLAIN
            SECRET @requiresScope(scope: "docs:read")
          }
        `,
      }),
    );
    const valuesFor = (...scopes: string[]) => {
      const type = graded.viewOf(new GrantSet(scopes)).getType('Grade');
      return isEnumType(type) ? type.getValues().map(({ name }) => name) : null;
    };
    expect(valuesFor()).toEqual(['PLAIN']);
    expect(valuesFor('docs:read')).toEqual(['PLAIN', 'SECRET']);
  });

  it('of admin is the whole schema', () => {
    expect(printSchema(viewOf('agent_os:admin'))).toBe(printSchema(schema));
  });

  it('is told by introspection as it is', () => {
    const { data } = graphqlSync({ schema: viewOf('docs:write'), source: getIntrospectionQuery() });
    const told = printSchema(buildClientSchema(data as never));
    expect(told).toContain('input WriteInput');
    expect(told).not.toMatch(/Vault|agents|admin|Key/);
  });

  it('is shared by those who can open the same, and the least recently used are dropped', () => {
    const fresh = new SchemaViews(schema);
    const first = fresh.viewOf(new GrantSet(['agents:a:read']));
    expect(fresh.viewOf(new GrantSet(['agents:b:read', 'x:y']))).toBe(first);
    const families = [
      'agents:read',
      'agents:write',
      'agents:one:run',
      'docs:read',
      'docs:write',
      'users:read',
    ];
    for (let bits = 0; bits < 64; bits += 1) {
      fresh.viewOf(new GrantSet(families.filter((_family, index) => (bits >> index) % 2 === 1)));
    }
    expect(fresh.viewOf(new GrantSet(['agents:a:read']))).not.toBe(first);
  });

  it('has no resolvers', () => {
    for (const type of Object.values(viewOf('agent_os:admin').getTypeMap())) {
      if (type.name.startsWith('__') || !('getFields' in type)) continue;
      for (const field of Object.values(type.getFields()))
        expect(field).not.toMatchObject({ resolve: expect.any(Function) });
    }
  });
});

describe('places besides fields', () => {
  const open = {
    field: () => true,
    argument: () => true,
    inputField: () => true,
    enumValue: () => true,
    inputType: () => true,
  };

  it('an enum value, and defaults that hold it', () => {
    const view = createSchemaView(schema, { ...open, enumValue: (_type, value) => value !== 'HARD' });
    expect(printSchema(view)).not.toContain('HARD');
    expect(printSchema(view)).toContain('mode: Mode\n');
    expect(validateSchema(view)).toEqual([]);
  });

  it('an enum without values, and what takes it', () => {
    const view = createSchemaView(schema, { ...open, enumValue: (type) => type !== 'Kind' });
    expect(printSchema(view)).not.toContain('Kind');
    expect(fieldsIn(view, 'Query')).toContain('hello');
  });

  it('an optional argument alone, a required one with its field', () => {
    const view = createSchemaView(schema, {
      ...open,
      argument: (_type, _field, name) => !/id|kind|input/.test(name),
    });
    expect(fieldsIn(view, 'Query')).not.toContain('doc');
    expect(printSchema(view)).toContain('hello: String');
    expect(view.getMutationType()).toBeNull();
    expect(printSchema(view)).not.toContain('WriteInput');
  });

  it('an input field, and its type once none is left', () => {
    const one = createSchemaView(schema, { ...open, inputField: (_type, name) => name !== 'mode' });
    expect(printSchema(one)).not.toContain('Mode');
    const none = createSchemaView(schema, { ...open, inputField: () => false });
    expect(none.getMutationType()).toBeNull();
  });

  it('a scalar or an enum as an input keeps what it gives', () => {
    const view = createSchemaView(schema, { ...open, inputType: (type) => type !== 'ID' });
    expect(fieldsIn(view, 'Query')).not.toContain('doc');
    expect(fieldsIn(view, 'Agent')).toContain('id');
  });

  it('a Query of which nothing is left is empty', () => {
    const view = createSchemaView(schema, { ...open, field: () => false });
    const { data, errors } = graphqlSync({
      schema: view,
      source: '{ __schema { queryType { fields { name } } } }',
    });
    expect(errors).toBeUndefined();
    expect(data).toEqual({ __schema: { queryType: { fields: [] } } });
  });
});

describe('a schema that has no views', () => {
  it('because it is not guarded', () => {
    expect(() => new SchemaViews(buildBare({ typeDefs: 'type Query { a: String @public }' }))).toThrow(
      TypeError,
    );
  });

  it('because a field gives the query type again', () => {
    const typeDefs = 'type Query { a: A @public } type A { query: Query }';
    expect(() => new SchemaViews(buildGuarded({ typeDefs }))).toThrow(
      'A.query: no field may give the query type.',
    );
  });
});

function fieldsIn(view: ReturnType<typeof viewOf>, typeName: string): string[] {
  const type = view.getType(typeName);
  return type && 'getFields' in type ? Object.keys(type.getFields()) : [];
}
