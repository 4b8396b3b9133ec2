import { GraphQLError, parse } from 'graphql';
import { describe, expect, test } from 'vitest';

import {
  ConflictError,
  InvalidInputError,
  LimitExceededError,
  MissingScopeError,
  NotFoundError,
  ToolError,
  UnauthenticatedError,
  UnavailableError,
} from '../../src/errors.ts';
import {
  chooseErrorHead,
  createErrorFormatter,
  toAmbitError,
  toGraphQLError,
} from '../../src/graphql/format-error.ts';
import { createLogger } from '../../src/lib/logger.ts';

function createFormatter() {
  const logged: string[] = [];
  const log = createLogger('warn', { write: (line) => void logged.push(line) });
  let count = 0;
  return { logged, format: createErrorFormatter({ log, newCorrelationId: () => `id-${++count}` }) };
}

describe('errors of ours keep code and data', () => {
  test.each([
    [new UnauthenticatedError('missing'), 401, { code: 'UNAUTHENTICATED' }, { 'www-authenticate': 'Bearer' }],
    [
      new UnauthenticatedError('invalid'),
      401,
      { code: 'UNAUTHENTICATED' },
      { 'www-authenticate': 'Bearer error="invalid_token"' },
    ],
    [
      new MissingScopeError('No.', [['a:b', 'c:d'], ['e:f']]),
      403,
      { code: 'FORBIDDEN', requiredScopes: [['a:b', 'c:d'], ['e:f']] },
      { 'www-authenticate': 'Bearer error="insufficient_scope", scope="a:b e:f"' },
    ],
    [new NotFoundError('Run'), 200, { code: 'NOT_FOUND' }, {}],
    [new InvalidInputError('a.b', 'No.'), 400, { code: 'BAD_USER_INPUT', field: 'a.b' }, {}],
    [new ConflictError('No.'), 200, { code: 'CONFLICT' }, {}],
    [new LimitExceededError('x', 'No.', { status: 413 }), 413, { code: 'LIMIT_EXCEEDED', limit: 'x' }, {}],
    [
      new LimitExceededError('x', 'No.', { status: 429, retryAfterMs: 10 }),
      429,
      { code: 'LIMIT_EXCEEDED', limit: 'x', retryAfterMs: 10 },
      { 'retry-after': '1' },
    ],
    [new UnavailableError('No.'), 503, { code: 'UNAVAILABLE' }, {}],
    [new ToolError('No.'), 200, { code: 'TOOL_ERROR' }, {}],
  ])('%s', (error, status, extensions, headers) => {
    const { format, logged } = createFormatter();
    expect(format(error)).toEqual({ formatted: { message: error.message, extensions }, status, headers });
    // As a resolver throws it: wrapped, with its place.
    const [node] = parse('{ a }').definitions;
    const located = new GraphQLError('', { originalError: error, path: ['a', 0], nodes: node ?? null });
    expect(format(located).formatted).toEqual({
      message: error.message,
      locations: [{ line: 1, column: 1 }],
      path: ['a', 0],
      extensions,
    });
    expect(logged).toEqual([]);
  });
});

describe('every other error is hidden, and logged once', () => {
  test.each([
    ['an Error', new Error('hidden')],
    ['an Error with a code of ours', Object.assign(new Error('hidden'), { code: 'NOT_FOUND' })],
    [
      'a GraphQL error of a resolver',
      new GraphQLError('', {
        originalError: new GraphQLError('hidden', { extensions: { code: 'BAD_REQUEST' } }),
        path: ['a'],
      }),
    ],
    [
      'a located GraphQL error with the code of a refused request',
      new GraphQLError('hidden', { path: ['a'], extensions: { code: 'BAD_REQUEST' } }),
    ],
    ['a cause of ours within another error', new Error('hidden', { cause: new NotFoundError('Run') })],
    ['null', null],
    ['a text', 'hidden'],
    ['an object', { message: 'hidden' }],
  ])('%s', (_, error) => {
    const { format, logged } = createFormatter();
    const { formatted, status } = format(error);
    expect(formatted.message).toBe('Internal server error.');
    expect(formatted.extensions).toEqual({ code: 'INTERNAL_SERVER_ERROR', correlationId: 'id-1' });
    expect(JSON.stringify(formatted)).not.toContain('hidden');
    expect(status).toBe(500);
    expect(logged).toHaveLength(1);
    expect(logged[0]).toContain('id-1');
  });

  test('an error that is formatted again keeps its id', () => {
    const { format, logged } = createFormatter();
    const error = toGraphQLError(new Error('hidden'));
    expect(format(error)).toBe(format(error));
    expect(logged).toHaveLength(1);
  });
});

test('a refused request shows its message and code and nothing else', () => {
  const { format } = createFormatter();
  const error = new GraphQLError('No.', {
    extensions: { code: 'GRAPHQL_PARSE_FAILED', http: { status: 400 }, more: 1 },
  });
  expect(format(error)).toMatchObject({
    formatted: { message: 'No.', extensions: { code: 'GRAPHQL_PARSE_FAILED' } },
    status: 400,
  });
  expect(format(error).formatted.extensions).toEqual({ code: 'GRAPHQL_PARSE_FAILED' });
});

test('toAmbitError finds the error of ours under any number of GraphQL errors', () => {
  const error = new NotFoundError('Run');
  expect(toAmbitError(toGraphQLError(new GraphQLError('', { originalError: toGraphQLError(error) })))).toBe(
    error,
  );
  expect(toAmbitError(new GraphQLError('x'))).toBeNull();
  expect(toAmbitError(undefined)).toBeNull();
});

test('of several errors without data, that about the token decides', () => {
  const { format } = createFormatter();
  const answers = [
    new InvalidInputError('a', 'No.'),
    new NotFoundError('Run'),
    new UnauthenticatedError('missing'),
    new Error('x'),
  ].map(format);
  expect(chooseErrorHead(answers).status).toBe(401);
  expect(chooseErrorHead(answers.slice(0, 2)).status).toBe(400);
  expect(chooseErrorHead([]).status).toBe(200);
});
