import { GraphQLError, GraphQLScalarType, type ValueNode, valueFromASTUntyped } from 'graphql';

import { parseDateTime } from './parse-date-time.ts';

/** An instant in RFC 3339. Answered in UTC, with milliseconds; taken with any offset. */
export const dateTimeScalar = new GraphQLScalarType<Date, string>({
  name: 'DateTime',
  serialize(value) {
    if (value instanceof Date) return value.toISOString();
    throw new TypeError('A DateTime is a Date in memory.');
  },
  parseValue(value) {
    const instant = typeof value === 'string' ? parseDateTime(value) : null;
    if (instant === null)
      throw new GraphQLError('A DateTime is written as 2026-01-31T12:00:00.000Z (RFC 3339).');
    return instant;
  },
});

/** Any JSON value, as it is. */
export const jsonScalar = new GraphQLScalarType<unknown, unknown>({
  name: 'JSON',
  serialize: (value) => value,
  parseValue: (value) => value,
  parseLiteral: (node: ValueNode, variables) => valueFromASTUntyped(node, variables),
});
