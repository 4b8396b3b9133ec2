import { GraphQLScalarType, type ValueNode, valueFromASTUntyped } from 'graphql';

/** An instant in RFC 3339, UTC, with milliseconds. It is only ever answered, never taken. */
export const dateTimeScalar = new GraphQLScalarType<Date, string>({
  name: 'DateTime',
  serialize(value) {
    if (value instanceof Date) return value.toISOString();
    throw new TypeError('A DateTime is a Date in memory.');
  },
});

/** Any JSON value, as it is. */
export const jsonScalar = new GraphQLScalarType<unknown, unknown>({
  name: 'JSON',
  serialize: (value) => value,
  parseValue: (value) => value,
  parseLiteral: (node: ValueNode, variables) => valueFromASTUntyped(node, variables),
});
