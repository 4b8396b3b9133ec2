import {
  coerceInputValue,
  GraphQLError,
  type GraphQLInputType,
  type GraphQLSchema,
  isInputType,
  isNonNullType,
  type OperationDefinitionNode,
  typeFromAST,
  type VariableDefinitionNode,
  valueFromAST,
} from 'graphql';

import { InvalidInputError } from '../errors.ts';

/** More errors than this are not told. */
const MAX_ERRORS = 10;

export type CoercedVariables =
  | { readonly values: Readonly<Record<string, unknown>>; readonly errors: null }
  | { readonly values: null; readonly errors: readonly [GraphQLError, ...GraphQLError[]] };

/**
 * The variables of `operation` as its resolvers see them, or one error for each value that does not do, with an
 * `InvalidInputError` inside whose field is the path from the variable's name on, as `input.message`. Suggestions of names
 * are left out. GraphQL specification, section 6.1.2.
 */
export function coerceVariables(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  inputs: Readonly<Record<string, unknown>>,
): CoercedVariables {
  // Without a prototype: a variable may be called __proto__.
  const values: Record<string, unknown> = Object.create(null);
  const errors: GraphQLError[] = [];
  for (const definition of operation.variableDefinitions ?? []) {
    const name = definition.variable.name.value;
    const type = typeFromAST(schema, definition.type);
    if (!isInputType(type)) continue; // validation has refused it
    const input = Object.hasOwn(inputs, name) ? inputs[name] : undefined;
    if (input === undefined && definition.defaultValue !== undefined) {
      values[name] = valueFromAST(definition.defaultValue, type);
    } else if (input !== undefined || isNonNullType(type)) {
      values[name] = coerceVariable(input, type, (path, message) =>
        errors.push(toError(definition, path, message)),
      );
    }
  }
  const [first, ...others] = errors.slice(0, MAX_ERRORS);
  return first === undefined ? { values, errors: null } : { values: null, errors: [first, ...others] };
}

function coerceVariable(
  input: unknown,
  type: GraphQLInputType,
  onError: (path: readonly (string | number)[], message: string) => void,
): unknown {
  if (isNonNullType(type) && (input === undefined || input === null)) {
    onError([], input === undefined ? 'A value is required.' : 'The value must not be null.');
    return undefined;
  }
  return coerceInputValue(input, type, (path, _value, error) => onError(path, error.message), true);
}

function toError(
  definition: VariableDefinitionNode,
  path: readonly (string | number)[],
  message: string,
): GraphQLError {
  const field = [definition.variable.name.value, ...path].join('.');
  const error = new InvalidInputError(field, `Variable "$${field}": ${message.slice(0, 300)}`);
  return new GraphQLError(error.message, { nodes: definition, originalError: error });
}
