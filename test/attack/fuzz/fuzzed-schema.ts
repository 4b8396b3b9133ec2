import { makeExecutableSchema } from '@graphql-tools/schema';
import { type GraphQLFieldResolver, type GraphQLSchema, isObjectType } from 'graphql';

import { directiveTypeDefs } from '../../../src/directive/directive-sdl.ts';
import { guardSchema } from '../../../src/directive/guard-schema.ts';
import { createOperationPipeline, type OperationPipeline } from '../../../src/graphql/operation.ts';
import { createLogger } from '../../../src/lib/logger.ts';
import { GrantSet } from '../../../src/scope/grant-set.ts';
import {
  ACTIONS,
  CALLER,
  type FieldModel,
  OWN_HELD,
  RESOURCES,
  type SchemaModel,
  type Token,
} from './model.ts';
import { printSchema } from './print.ts';
import { fieldsOf } from './schema-facts.ts';
import { hash, load, type Raw, type Thing, valueAt } from './world.ts';

export interface FuzzContext {
  readonly principal: { readonly id: string; readonly grants: GrantSet } | null;
  /** The fields whose resolvers ran, as `Type.field`. */
  readonly ran: string[];
}

type Resolver = GraphQLFieldResolver<unknown, FuzzContext>;

/** The context of one operation of that caller. */
export function createContext(token: Token): FuzzContext {
  return { principal: token === null ? null : { id: CALLER, grants: new GrantSet(token) }, ran: [] };
}

export interface FuzzedSchema {
  readonly pipeline: OperationPipeline<FuzzContext>;
  /** Puts the resolver back that the guard stood before: what the fuzzer must find. */
  removeGuard(type: string, field: string): void;
}

/** They are tested elsewhere. */
const NO_LIMITS = {
  cost: Number.MAX_SAFE_INTEGER,
  aliases: 10_000,
  rootFields: 10_000,
  fields: 100_000,
  depth: 1000,
  directives: 10_000,
  tokens: 100_000,
};

/** The schema of the model over the world, guarded, behind the pipeline that every operation goes through. */
export function buildFuzzedSchema(model: SchemaModel): FuzzedSchema {
  const types = ['Query', 'Mutation', ...model.objects.map(({ name }) => name)];
  const bare = makeExecutableSchema<FuzzContext>({
    typeDefs: [directiveTypeDefs, printSchema(model)],
    resolvers: {
      ...Object.fromEntries(types.map((name) => [name, resolversOf(model, name)])),
      ...Object.fromEntries(['I0', 'U0'].map((name) => [name, { __resolveType: ({ type }: Thing) => type }])),
      ...Object.fromEntries(
        model.enums.map(({ name, values }) => [
          name,
          Object.fromEntries(values.map((value) => [value.name, internal(value.name)])),
        ]),
      ),
    },
  });
  const principalOf = ({ principal }: FuzzContext) => principal;
  const schema = guardSchema<FuzzContext>(bare, {
    principalOf,
    families: Object.fromEntries(RESOURCES.map((resource) => [resource, ACTIONS])),
    ownHeld: [OWN_HELD],
    loaders: { load: ({ ref }) => later(`load ${String(ref)}`, load(ref)) as ReturnType<typeof load> },
  });
  const log = createLogger('silent');
  return {
    pipeline: createOperationPipeline({
      schema,
      principalOf,
      introspection: 'token',
      log,
      limits: NO_LIMITS,
    }),
    removeGuard(type, field) {
      const guarded = fieldIn(schema, type, field);
      const { resolve } = fieldIn(bare, type, field);
      if (resolve) guarded.resolve = resolve;
      else delete guarded.resolve;
    },
  };
}

function fieldIn(schema: GraphQLSchema, type: string, field: string) {
  const named = schema.getType(type);
  const found = isObjectType(named) ? named.getFields()[field] : undefined;
  if (found === undefined) throw new Error(`No such field: ${type}.${field}`);
  return found;
}

/** Not the name, as in many a schema. */
function internal(name: string): string {
  return `internal ${name}`;
}

/** The plain properties have none. */
function resolversOf(model: SchemaModel, type: string): Record<string, Resolver> {
  const fields = fieldsOf(model, type).filter(({ name }) => name !== 'id' && name !== 'ref');
  return Object.fromEntries(fields.map((field) => [field.name, resolverOf(model, type, field)]));
}

/* oxlint-disable max-params -- resolvers have the four parameters that GraphQL gives them */
function resolverOf(model: SchemaModel, type: string, field: FieldModel): Resolver {
  return (source, _args, { ran }, info) => {
    ran.push(`${type}.${field.name}`);
    const key = `${isThing(source) ? source.key : ''}/${info.path.key}`;
    return toResult(valueAt(model, field.type, key), key);
  };
}

function isThing(source: unknown): source is Thing {
  return typeof source === 'object' && source !== null && 'key' in source;
}

/** As resolvers give it: at once or later, enum values as they are inside, lists at times as a generator. */
function toResult(raw: Raw, key: string): unknown {
  if (raw === null || typeof raw === 'string') return later(key, raw);
  if (Array.isArray(raw)) {
    const items = raw.map((item: Raw, index) => toResult(item, `${key}.${index}`));
    return later(key, hash(`${key} generator`) % 5 === 0 ? generate(items) : items);
  }
  return later(key, 'enum' in raw ? internal(raw.enum) : raw);
}

function* generate(items: readonly unknown[]): Generator<unknown, void, undefined> {
  yield* items;
}

function later(key: string, value: unknown): unknown {
  return hash(`${key} later`) % 6 === 0 ? Promise.resolve(value) : value;
}
