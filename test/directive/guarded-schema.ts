import { makeExecutableSchema } from '@graphql-tools/schema';
import { type IResolvers } from '@graphql-tools/utils';
import {
  execute,
  type ExecutionResult,
  getOperationAST,
  getVariableValues,
  type GraphQLSchema,
  parse,
} from 'graphql';

import { directiveTypeDefs } from '../../src/directive/directive-sdl.ts';
import { type Loader } from '../../src/directive/field-guard.ts';
import { guardSchema } from '../../src/directive/guard-schema.ts';
import { type Judgement, judgePlan } from '../../src/directive/judge-plan.ts';
import { planOperation } from '../../src/directive/operation-plan.ts';
import { AmbitError, MissingScopeError } from '../../src/errors.ts';
import { GrantSet } from '../../src/scope/grant-set.ts';

export interface TestContext {
  principal: { readonly grants: GrantSet } | null;
}

export const families = {
  agents: ['read', 'write', 'run'],
  docs: ['read', 'write'],
  config: ['read'],
  users: ['read'],
};

/** The context of a caller with these scopes. */
export function caller(...scopes: string[]): TestContext {
  return { principal: { grants: new GrantSet(scopes) } };
}

/** The context of a caller without a token. */
export function anonymous(): TestContext {
  return { principal: null };
}

export interface SchemaParts {
  readonly typeDefs: string | string[];
  readonly resolvers?: IResolvers<unknown, TestContext>;
  readonly loaders?: Readonly<Record<string, Loader<TestContext>>>;
}

export function buildBare({ typeDefs, resolvers = {} }: SchemaParts): GraphQLSchema {
  return makeExecutableSchema({ typeDefs: [directiveTypeDefs, typeDefs].flat(), resolvers });
}

export function guard(schema: GraphQLSchema, { loaders = {} }: Partial<SchemaParts> = {}): GraphQLSchema {
  return guardSchema<TestContext>(schema, { principalOf: ({ principal }) => principal, families, loaders });
}

export function buildGuarded(parts: SchemaParts): GraphQLSchema {
  return guard(buildBare(parts), parts);
}

export interface Answer {
  readonly data: unknown;
  /** `path CODE`, or `path CODE a|b & c` with the required scopes. */
  readonly errors: readonly string[];
}

/** Executes without validation, as a pipeline does after its own. */
export async function ask(
  schema: GraphQLSchema,
  query: string,
  { as, variables = {}, root }: { as: TestContext; variables?: Record<string, unknown>; root?: unknown },
): Promise<Answer> {
  return toAnswer(
    await execute({
      schema,
      document: parse(query),
      contextValue: as,
      variableValues: variables,
      rootValue: root,
    }),
  );
}

export function toAnswer({ data, errors = [] }: ExecutionResult): Answer {
  return {
    data: data === undefined ? undefined : JSON.parse(JSON.stringify(data)),
    errors: errors.map(({ path, message, originalError }) =>
      [path?.join('.'), describeError(originalError ?? new Error(message))].join(' '),
    ),
  };
}

export function describeError(error: unknown): string {
  if (error instanceof MissingScopeError) return `FORBIDDEN ${formatScopes(error.required)}`.trim();
  return error instanceof AmbitError ? error.code : String(error);
}

export function formatScopes(allOf: readonly (readonly string[])[]): string {
  return allOf.map((anyOf) => anyOf.join('|')).join(' & ');
}

/** The judgement of a document's only or named operation. */
export function judge(
  schema: GraphQLSchema,
  query: string,
  {
    as,
    variables = {},
    operationName,
  }: { as: TestContext; variables?: Record<string, unknown>; operationName?: string },
): Judgement {
  const document = parse(query);
  const operation = getOperationAST(document, operationName);
  if (!operation) throw new Error('no such operation');
  const { coerced, errors } = getVariableValues(schema, operation.variableDefinitions ?? [], variables);
  if (coerced === undefined) throw new Error(String(errors));
  return judgePlan(planOperation(schema, document, operation), {
    principal: as.principal,
    variables: coerced,
  });
}

/** `path Type.field kind a|b & c`, one a refusal. */
export function refusals({ refusals: list }: Judgement): string[] {
  return list.map(({ path, coordinate, kind, requiredScopes }) =>
    `${path.join('.')} ${coordinate} ${kind} ${formatScopes(requiredScopes)}`.trim(),
  );
}
