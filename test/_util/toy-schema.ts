import { makeExecutableSchema } from '@graphql-tools/schema';
import { type GraphQLSchema } from 'graphql';

import { directiveTypeDefs } from '../../src/directive/directive-sdl.ts';
import { guardSchema } from '../../src/directive/guard-schema.ts';
import {
  ConflictError,
  CursorExpiredError,
  InvalidInputError,
  LimitExceededError,
  ModelError,
  NotFoundError,
  UnauthenticatedError,
  UnavailableError,
} from '../../src/errors.ts';
import type { Principal } from '../../src/scope/principal.ts';

export interface ToyContext {
  readonly principal: Principal | null;
  readonly signal: AbortSignal;
  readonly transport: 'http' | 'websocket' | 'sse';
}

/** What the resolvers leave behind for a test to look at. */
export class ToyState {
  readonly calls: string[] = [];
  readonly signals: AbortSignal[] = [];
  /** Events that sources have produced. */
  produced = 0;
  /** Sources whose `finally` has run. */
  finished = 0;
  readonly #called = new Map<string, PromiseWithResolvers<void>>();

  call(name: string, signal?: AbortSignal): void {
    this.calls.push(name);
    if (signal !== undefined) this.signals.push(signal);
    this.#gate(name).resolve();
  }

  /** Resolves when a resolver of that name has been called, also if it has been before. */
  called(name: string): Promise<void> {
    return this.#gate(name).promise;
  }

  #gate(name: string): PromiseWithResolvers<void> {
    const gate = this.#called.get(name) ?? Promise.withResolvers<void>();
    this.#called.set(name, gate);
    return gate;
  }
}

/** A resolver's throw for each row of the table of answers. */
export const FAILURES: Readonly<Record<string, () => unknown>> = {
  notFound: () => new NotFoundError('Run'),
  input: () => new InvalidInputError('input.message', 'It is too long.'),
  conflict: () => new ConflictError('The id is in use.'),
  limit: () => new LimitExceededError('runs', 'Too many runs.', { status: 429, retryAfterMs: 1500 }),
  cursor: () => new CursorExpiredError(41),
  model: () => new ModelError('The model did not answer.', { cause: new Error('vendor-secret') }),
  unavailable: () => new UnavailableError('The database is away.', { cause: new Error('db-secret') }),
  expired: () => new UnauthenticatedError('invalid'),
  bug: () => new Error('password-in-text'),
  text: () => 'password-in-text',
  nothing: () => undefined,
};

const typeDefs = /* GraphQL */ `
  scalar JSON
  enum Mood {
    GOOD
    SECRETLY_BAD
  }
  input EchoInput {
    text: String!
    mood: Mood
    more: [EchoInput!]
  }
  type Query {
    hello: String! @public
    me: String @authenticated
    secret: Secret @requiresScope(scope: "secrets:read")
    agent(id: ID!): Item @requiresScope(scope: "agents:{args.id}:read")
    fail(how: String!): String @public
    failHard(how: String!): String! @public
    echo(text: String, words: [String!], input: EchoInput, json: JSON, size: Int! = 5): String @public
    unprintable: JSON @public
    items(first: Int = 20, last: Int): ItemPage @public
    wait: String @public
    big(bytes: Int!): String @public
  }
  type Secret {
    text: String
  }
  type Item {
    id: ID!
    owner: String @requiresScope(scope: "users:read")
    items(first: Int, after: String): ItemPage
  }
  type ItemPage {
    nodes: [Item!]!
  }
  type Mutation {
    write(text: String): Item @requiresScope(scope: "items:write")
    touch: String @public
  }
  type Subscription {
    count(to: Int!): Int! @public
    mine: Int! @authenticated
    stuck: Int! @public
    flood(bytes: Int!): String! @public
    failAt(event: Int!, how: String!): Int! @public
    failToStart(how: String!): Int! @public
    agentEvents(id: ID!): Int! @requiresScope(scope: "agents:{args.id}:read")
    unprintableEvents: JSON @public
  }
`;

/** A guarded schema with a field for each thing that can go well or wrong. */
export function createToySchema(state: ToyState): GraphQLSchema {
  const schema = makeExecutableSchema({
    typeDefs: [directiveTypeDefs, typeDefs],
    resolvers: {
      Query: queryResolvers(state),
      Mutation: {
        write: (_: unknown, { text }: { text: string }) => {
          state.call('write');
          return { id: text, owner: 'someone' };
        },
        touch: () => {
          state.call('touch');
          return 'touched';
        },
      },
      Subscription: Object.fromEntries(
        Object.entries(sources(state)).map(([name, subscribe]) => [
          name,
          { subscribe, resolve: (event: unknown) => event },
        ]),
      ),
    },
  });
  return guardSchema<ToyContext>(schema, {
    principalOf: ({ principal }) => principal,
    families: { secrets: ['read'], agents: ['read'], items: ['write'], users: ['read'] },
  });
}

function fail(how: string): never {
  throw FAILURES[how]?.();
}

function queryResolvers(state: ToyState): Record<string, (...args: never[]) => unknown> {
  return {
    hello: () => {
      state.call('hello');
      return 'hello';
    },
    me: (_: unknown, __: unknown, { principal }: ToyContext) => principal?.id,
    secret: () => ({ text: 'the secret' }),
    agent: (_: unknown, { id }: { id: string }) => ({ id, owner: 'someone' }),
    fail: (_: unknown, { how }: { how: string }) => fail(how),
    failHard: (_: unknown, { how }: { how: string }) => fail(how),
    echo: (_: unknown, args: unknown) => JSON.stringify(args),
    unprintable: () => ({ big: 1n }),
    items: () => ({ nodes: [{ id: '1' }] }),
    wait: async (_: unknown, __: unknown, { signal }: ToyContext) => {
      state.call('wait', signal);
      await aborted(signal);
      state.call('waited');
      return 'waited';
    },
    big: (_: unknown, { bytes }: { bytes: number }, { signal }: ToyContext) => {
      state.call('big', signal);
      return 'x'.repeat(bytes);
    },
  };
}

function sources(state: ToyState): Record<string, (...args: never[]) => unknown> {
  async function* events(values: Iterable<unknown>): AsyncGenerator<unknown> {
    try {
      for (const value of values) {
        state.produced++;
        yield value;
      }
    } finally {
      state.finished++;
      state.call('finished');
    }
  }
  async function* untilAborted(signal: AbortSignal): AsyncGenerator<number> {
    yield 1;
    await aborted(signal);
  }
  return {
    count: (_: unknown, { to }: { to: number }) => events(numbers(to)),
    mine: (_: unknown, __: unknown, { signal }: ToyContext) => {
      state.call('mine', signal);
      return untilAborted(signal);
    },
    // Listens to nothing and never yields.
    stuck: async function* stuck(_: unknown, __: unknown, { signal }: ToyContext) {
      state.call('stuck', signal);
      await new Promise(() => undefined);
      yield 0;
    },
    flood: (_: unknown, { bytes }: { bytes: number }) => events(repeat('x'.repeat(bytes))),
    failAt: async function* failAt(_: unknown, { event, how }: { event: number; how: string }) {
      yield* numbers(event);
      fail(how);
    },
    failToStart: (_: unknown, { how }: { how: string }) => fail(how),
    agentEvents: () => events([1]),
    unprintableEvents: () => events([{ big: 1n }]),
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function* numbers(to: number): Generator<number> {
  for (let number = 1; number <= to; number++) yield number;
}

function* repeat<TValue>(value: TValue): Generator<TValue> {
  for (;;) yield value;
}
