import { envelop, useEngine, useSchema } from '@envelop/core';
import { REQUIRES_SCOPES_DIRECTIVE_SDL, useGenericAuth } from '@envelop/generic-auth';
import { preExecRule, wrapExecuteFn } from '@graphql-authz/core';
import { makeExecutableSchema } from '@graphql-tools/schema';
import SchemaBuilder from '@pothos/core';
import ScopeAuthPlugin from '@pothos/plugin-scope-auth';
import {
  execute,
  type GraphQLSchema,
  isObjectType,
  parse,
  specifiedRules,
  subscribe,
  validate,
} from 'graphql';

import { type Contender, DOCUMENT, FIELDS, OBJECTS, type Thing } from './authorization-work.ts';

interface ScopesContext {
  readonly scopes: ReadonlySet<string>;
}

const SCOPE = 'things:read';

/** The same work done by others: the token's scopes are looked at for each field. */
export function createPeers(held: readonly string[]): Contender[] {
  return [authz(held), pothos(held), genericAuth(held)];
}

/** `@graphql-authz/core`: a rule before execution, on every field. */
function authz(held: readonly string[]): Contender {
  const contextValue: ScopesContext = { scopes: new Set(held) };
  const HasScope = preExecRule({ error: 'no' })((context: ScopesContext) => context.scopes.has(SCOPE));
  const schema = makeExecutableSchema({
    typeDefs: `type Query { objects: [Thing] } type Thing { id: String ${FIELDS.map((field) => `${field}: String`).join(' ')} }`,
    resolvers: { Query: { objects: () => OBJECTS } },
  });
  const rule = { name: 'authz', arguments: { rules: ['HasScope'] } };
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) field.extensions = { authz: { directives: [rule] } };
  }
  const run = wrapExecuteFn(execute, { rules: { HasScope } });
  return {
    name: '@graphql-authz/core 1.3.2',
    execute: () => run({ schema, document: DOCUMENT, contextValue }),
    validate: () => validate(schema, DOCUMENT),
  };
}

/** `@pothos/plugin-scope-auth`: `authScopes` on every field. */
function pothos(held: readonly string[]): Contender {
  const contextValue: ScopesContext = { scopes: new Set(held) };
  const schema = createPothosSchema();
  return {
    name: '@pothos/plugin-scope-auth 4.2.1',
    execute: () => execute({ schema, document: DOCUMENT, contextValue }),
    validate: () => validate(schema, DOCUMENT),
  };
}

function createPothosSchema(): GraphQLSchema {
  const builder = new SchemaBuilder<{
    Context: ScopesContext;
    Objects: { Thing: Thing };
    AuthScopes: { scope: string };
  }>({
    plugins: [ScopeAuthPlugin],
    scopeAuth: { authScopes: ({ scopes }) => ({ scope: (scope) => scopes.has(scope) }) },
  });
  const authScopes = { scope: SCOPE };
  const thing = builder.objectType('Thing', {
    fields: (t) =>
      Object.fromEntries(
        ['id', ...FIELDS].map((name) => [
          name,
          t.string({ nullable: true, authScopes, resolve: (parent) => parent[name] ?? null }),
        ]),
      ),
  });
  builder.queryType({
    fields: (t) => ({
      objects: t.field({ type: [thing], nullable: true, authScopes, resolve: () => OBJECTS }),
    }),
  });
  return builder.toSchema();
}

/** `@envelop/generic-auth`: `@requiresScopes` on every field, looked at between validation and execution. */
function genericAuth(held: readonly string[]): Contender {
  const rule = `@requiresScopes(scopes: [["${SCOPE}"]])`;
  const schema = makeExecutableSchema({
    typeDefs: `
      ${REQUIRES_SCOPES_DIRECTIVE_SDL}
      type Query { objects: [Thing] ${rule} }
      type Thing { id: String ${FIELDS.map((field) => `${field}: String ${rule}`).join(' ')} }
    `,
    resolvers: { Query: { objects: () => OBJECTS } },
  });
  const getEnveloped = envelop({
    plugins: [
      useEngine({ parse, validate, specifiedRules, execute, subscribe }),
      useSchema(schema),
      useGenericAuth({
        mode: 'protect-granular',
        resolveUserFn: () => ({ id: 'me' }),
        extractScopes: () => [...held],
      }),
    ],
  });
  return {
    name: '@envelop/generic-auth 11.2.1',
    execute: null,
    validate: null,
    async request() {
      const enveloped = getEnveloped({});
      const context = (await enveloped.contextFactory()) as object;
      const errors = enveloped.validate(enveloped.schema, DOCUMENT);
      if (errors.length > 0) throw new Error('The bench does not validate.');
      return (await enveloped.execute({
        schema: enveloped.schema,
        document: DOCUMENT,
        contextValue: context,
      })) as never;
    },
  };
}
