import { describe, expect, test } from 'vitest';

import { createOperationPipeline, type OperationPipeline } from '../../src/graphql/operation.ts';
import { createLogger } from '../../src/lib/logger.ts';
import { GrantSet } from '../../src/scope/grant-set.ts';
import { createToySchema, type ToyContext, ToyState } from '../_util/toy-schema.ts';

function createPipeline(
  options: Partial<Parameters<typeof createOperationPipeline<ToyContext>>[0]> = {},
): OperationPipeline<ToyContext> & { state: ToyState } {
  const state = new ToyState();
  const pipeline = createOperationPipeline<ToyContext>({
    schema: createToySchema(state),
    principalOf: ({ principal }) => principal,
    introspection: 'token',
    log: createLogger('silent'),
    ...options,
  });
  return { ...pipeline, state };
}

function contextOf(scopes: readonly string[] | null): ToyContext {
  const until = new Date('2100-01-01');
  const principal = scopes && {
    id: 'me',
    tokenId: null,
    issuedAt: null,
    grants: new GrantSet(scopes),
    expiresAt: until,
    validUntil: until,
  };
  return { principal, signal: new AbortController().signal, transport: 'http' };
}

interface Request {
  readonly variables?: Record<string, unknown>;
  readonly operationName?: string;
  readonly scopes?: readonly string[] | null;
  readonly canStream?: boolean;
}

async function run(pipeline: OperationPipeline<ToyContext>, query: string, request: Request = {}) {
  const { scopes = null, canStream = true, ...rest } = request;
  const { admitted, errors } = pipeline.admit(pipeline.readDocument(query), {
    ...rest,
    context: contextOf(scopes),
    canStream,
  });
  if (admitted === null) return pipeline.answer({ errors });
  const result = await pipeline.run(admitted);
  if (Symbol.asyncIterator in result) throw new Error('a stream');
  return pipeline.answer(result);
}

describe('reading', () => {
  test.each([
    ['', 'GRAPHQL_PARSE_FAILED', /Unexpected <EOF>/],
    ['{ a', 'GRAPHQL_PARSE_FAILED', /Syntax Error/],
    ['{ hell }', 'GRAPHQL_VALIDATION_FAILED', /^Cannot query field "hell" on type "Query".$/],
    ['{ echo(txt: "x") }', 'GRAPHQL_VALIDATION_FAILED', /^Unknown argument "txt" on field "Query.echo".$/],
    [
      '{ echo(input: {text: "x", mood: GOOOD}) }',
      'GRAPHQL_VALIDATION_FAILED',
      /^Value "GOOOD" does not exist in "Mood" enum.$/,
    ],
    [
      'query ($m: Mod) { echo(input: {text: "x", mood: $m}) }',
      'GRAPHQL_VALIDATION_FAILED',
      /^Unknown type "Mod".$/,
    ],
    ['{ hello ... @defer { hello } }', 'GRAPHQL_VALIDATION_FAILED', /Unknown directive "@defer"/],
    [
      '{ ...F } fragment F on Query { hello ...F }',
      'GRAPHQL_VALIDATION_FAILED',
      /Cannot spread fragment "F" within itself/,
    ],
    ['{ ...Nowhere }', 'GRAPHQL_VALIDATION_FAILED', /Unknown fragment/],
    [
      'subscription { count(to: 1) stuck }',
      'GRAPHQL_VALIDATION_FAILED',
      /must select only one top level field/,
    ],
    [
      'subscription { ...F } fragment F on Subscription { a: count(to: 1) b: stuck }',
      'GRAPHQL_VALIDATION_FAILED',
      /must select only one top level field/,
    ],
    ['type A { a: Int }', 'GRAPHQL_VALIDATION_FAILED', /not executable/],
    [`${'{ a '.repeat(3000)}${'}'.repeat(3000)}`, 'LIMIT_EXCEEDED', /depth/],
    [`${'{ a '.repeat(3000)}`, /LIMIT_EXCEEDED|GRAPHQL_PARSE_FAILED/, /./],
    [`{ echo(words: ${'['.repeat(4000)}1${']'.repeat(4000)}) }`, 'LIMIT_EXCEEDED', /valueDepth|depth/],
    [`{ ${Array.from({ length: 2000 }, (_, i) => `a${i}: hello`).join(' ')} }`, 'LIMIT_EXCEEDED', /aliases/],
    [`{ ${'hello '.repeat(9000)} }`, 'LIMIT_EXCEEDED', /rootFields/],
    [`{ ${'hello '.repeat(10_001)} }`, 'LIMIT_EXCEEDED', /tokens/],
    [`{ hello } #${'x'.repeat(131_072)}`, 'LIMIT_EXCEEDED', /documentBytes/],
    [`{ hello } #${'é'.repeat(66_000)}`, 'LIMIT_EXCEEDED', /documentBytes/],
  ])('%.60s: %s', async (query, code, message) => {
    const { result, status } = await run(createPipeline(), query);
    expect(result.data).toBeUndefined();
    expect(String(result.errors?.[0]?.extensions?.['code'])).toMatch(code);
    expect(result.errors?.[0]?.message).toMatch(message);
    expect(JSON.stringify(result)).not.toContain('Did you mean');
    expect(status).toBe(400);
  });

  test('no more than eleven errors of a document are told', async () => {
    const { result } = await run(createPipeline(), `{ agent(id: "1") { ${'nope '.repeat(50)} } }`);
    expect(result.errors).toHaveLength(11);
  });

  test('a document is read once, whoever sends it, and judged for each caller', async () => {
    const pipeline = createPipeline();
    const query = '{ secret { text } }';
    expect(pipeline.readDocument(query).document).toBe(pipeline.readDocument(query).document);
    expect((await run(pipeline, query, { scopes: ['secrets:read'] })).status).toBe(200);
    expect((await run(pipeline, query, { scopes: [] })).status).toBe(403);
    expect((await run(pipeline, query)).status).toBe(401);
    expect((await run(pipeline, query, { scopes: ['secrets:read'] })).status).toBe(200);
  });

  test('limits can be set', async () => {
    const { result } = await run(createPipeline({ limits: { rootFields: 1 } }), '{ hello __typename }');
    expect(result.errors?.[0]?.extensions).toEqual({ code: 'LIMIT_EXCEEDED', limit: 'rootFields' });
  });
});

describe('choosing the operation', () => {
  const query = 'query __proto__ { hello } mutation Touch { touch }';

  test('only the chosen one is judged and run', async () => {
    const pipeline = createPipeline();
    expect((await run(pipeline, query, { operationName: '__proto__' })).result).toEqual({
      data: { hello: 'hello' },
    });
    expect(pipeline.state.calls).toEqual(['hello']);
  });

  test.each([[undefined], ['constructor'], ['']])('%j chooses none', async (operationName) => {
    const pipeline = createPipeline();
    const { result, status } = await run(
      pipeline,
      query,
      operationName === undefined ? {} : { operationName },
    );
    expect([status, result.errors?.[0]?.extensions]).toEqual([400, { code: 'GRAPHQL_VALIDATION_FAILED' }]);
    expect(pipeline.state.calls).toEqual([]);
  });

  test('a subscription is refused where it cannot stream', async () => {
    const { result, status } = await run(createPipeline(), 'subscription { count(to: 1) }', {
      canStream: false,
    });
    expect([status, result.errors?.[0]?.extensions]).toEqual([400, { code: 'GRAPHQL_VALIDATION_FAILED' }]);
  });
});

describe('variables', () => {
  const query =
    'query ($in: EchoInput!, $words: [String!], $n: Int = 5) { echo(input: $in, words: $words, size: $n) }';

  test.each<[string, string]>([
    ['{}', 'in'],
    ['{"in": null}', 'in'],
    ['{"in": []}', 'in'],
    ['{"in": 1}', 'in'],
    ['{"in": {}}', 'in'],
    ['{"in": {"text": null}}', 'in.text'],
    ['{"in": {"text": ["x"]}}', 'in.text'],
    ['{"in": {"text": "x", "mood": "SECRETLY"}}', 'in.mood'],
    ['{"in": {"text": "x", "txt": "x"}}', 'in'],
    ['{"in": {"text": "x", "__proto__": {"polluted": true}}}', 'in'],
    ['{"in": {"text": "x", "constructor": 1}}', 'in'],
    ['{"in": {"text": "x", "more": [{"text": "x"}, {"text": 1}]}}', 'in.more.1.text'],
    ['{"in": {"text": "x"}, "words": [null]}', 'words.0'],
    ['{"in": {"text": "x"}, "n": 1e400}', 'n'],
    ['{"in": {"text": "x"}, "n": 3000000000}', 'n'],
    ['{"in": {"text": "x"}, "n": "5"}', 'n'],
  ])('%s is refused at %s', async (json, field) => {
    const { result, status } = await run(createPipeline(), query, {
      variables: JSON.parse(json) as Record<string, unknown>,
    });
    expect(result.errors?.[0]?.extensions).toEqual({ code: 'BAD_USER_INPUT', field });
    expect(result.errors?.[0]?.message).not.toMatch(/Did you mean|SECRETLY_BAD/);
    expect(status).toBe(400);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  test('no more than ten of them are told', async () => {
    const variables = { in: { text: 'x' }, words: Array.from({ length: 100 }, () => 5) };
    expect((await run(createPipeline(), query, { variables })).result.errors).toHaveLength(10);
  });

  test('a variable and an alias may have the name of a property of every object', async () => {
    const odd =
      'query ($__proto__: String, $constructor: String) { __proto__: echo(text: $__proto__) toString: echo(text: $constructor) }';
    const variables = JSON.parse('{"__proto__": "a", "constructor": "b"}') as Record<string, unknown>;
    const { result } = await run(createPipeline(), odd, { variables });
    expect(JSON.stringify(result)).toContain(
      '"__proto__":"{\\"text\\":\\"a\\",\\"size\\":5}","toString":"{\\"text\\":\\"b\\",\\"size\\":5}"',
    );
  });

  test('a variable that is not sent has no value from the prototype of objects', async () => {
    const { result } = await run(createPipeline(), 'query ($toString: String!) { echo(text: $toString) }');
    expect(result.errors?.[0]?.extensions).toEqual({ code: 'BAD_USER_INPUT', field: 'toString' });
  });

  test('NUL and lone surrogates are replaced, in variables and in literals', async () => {
    const variables = { in: { text: 'a\0b\ud800c' } };
    const { result } = await run(createPipeline(), query, { variables });
    expect(JSON.stringify(result)).toContain('a\uFFFDb\uFFFDc');
    const literal = await run(createPipeline(), '{ x: echo(text: "a\\u0000b") y: echo(text: "a\0b") }');
    expect(Object.values(literal.result.data ?? {})).toEqual(Array(2).fill('{"text":"a\uFFFDb","size":5}'));
  });
});

test('a principal that has expired meanwhile is told so', async () => {
  const { UnauthenticatedError } = await import('../../src/errors.ts');
  const pipeline = createPipeline({
    principalOf() {
      throw new UnauthenticatedError('invalid');
    },
  });
  expect(await run(pipeline, '{ hello }')).toMatchObject({ status: 401 });
});

test.each(['{ wait }', '{ wait __schema { queryType { name } } }'])(
  '%s of a token that is revoked meanwhile ends without data',
  async (query) => {
    let revoke = (): void => undefined;
    const onRevoked = (_context: ToyContext, callback: () => void) => {
      revoke = callback;
      return () => undefined;
    };
    const pipeline = createPipeline({ onRevoked });
    const answer = run(pipeline, query, { scopes: [] });
    await pipeline.state.called('wait');
    revoke();
    const { status, result } = await answer;
    expect(status).toBe(401);
    expect(result).not.toHaveProperty('data');
  },
);

test('a bug in what the pipeline is given is masked', async () => {
  const pipeline = createPipeline({
    principalOf() {
      throw new Error('hidden');
    },
  });
  const answer = await run(pipeline, '{ hello }');
  expect(answer.status).toBe(500);
  expect(JSON.stringify(answer)).not.toContain('hidden');
});

test('a result that is too large is told as that, and never written out', async () => {
  const pipeline = createPipeline({ limits: { resultCharacters: 1000 } });
  const query = 'query ($bytes: Int!) { big(bytes: $bytes) }';
  expect(await run(pipeline, query, { variables: { bytes: 900 } })).toMatchObject({ status: 200 });
  const answer = await run(pipeline, query, { variables: { bytes: 1000 } });
  expect(answer.status).toBe(400);
  expect(answer.result).toMatchObject({
    errors: [{ extensions: { code: 'LIMIT_EXCEEDED', limit: 'resultCharacters' } }],
  });
  expect(answer.result).not.toHaveProperty('data');
});
