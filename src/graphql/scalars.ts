import { GraphQLError, GraphQLScalarType, Kind, type ValueNode, valueFromASTUntyped } from 'graphql';

import { parseInstant } from '../lib/parse-instant.ts';

/** An instant in RFC 3339: answered in UTC, with milliseconds, and taken in any time zone that it names. */
export const dateTimeScalar = new GraphQLScalarType<Date, string>({
  name: 'DateTime',
  parseValue: toInstant,
  parseLiteral: (node) => toInstant(node.kind === Kind.STRING ? node.value : null),
  serialize(value) {
    if (value instanceof Date) return value.toISOString();
    throw new TypeError('A DateTime is a Date in memory.');
  },
});

function toInstant(value: unknown): Date {
  const instant = typeof value === 'string' ? parseInstant(value) : null;
  if (instant === null)
    throw new GraphQLError('A DateTime is an instant in RFC 3339, as 2026-01-31T12:00:00Z.');
  return instant;
}

/** Any JSON value, as it is. */
export const jsonScalar = new GraphQLScalarType<unknown, unknown>({
  name: 'JSON',
  serialize: (value) => value,
  parseValue: (value) => value,
  parseLiteral: (node: ValueNode, variables) => valueFromASTUntyped(node, variables),
});
