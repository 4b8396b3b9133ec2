import { makeExecutableSchema } from '@graphql-tools/schema';
import { type IResolvers } from '@graphql-tools/utils';

import { directiveTypeDefs } from '../../src/directive/directive-sdl.ts';
import { guardSchema } from '../../src/directive/guard-schema.ts';
import { UnauthenticatedError } from '../../src/errors.ts';
import { createOperationPipeline, type OperationPipelineOptions } from '../../src/graphql/operation.ts';
import type { ContextInput } from '../../src/http/context-input.ts';
import { type HttpServer, type HttpServerOptions, startHttpServer } from '../../src/http/http-server.ts';
import { createLogger } from '../../src/lib/logger.ts';
import { GrantSet } from '../../src/scope/grant-set.ts';
import type { Principal } from '../../src/scope/principal.ts';

/** Stands in guarded values and in errors of resolvers only. */
export const MARKER = 'MARKER';

export const families = {
  docs: ['read', 'write', 'secret', 'delete', 'admin'],
  notes: ['read'],
  hr: ['read', 'pay'],
  users: ['email'],
};

const TYPE_DEFS = /* GraphQL */ `
  scalar JSON
  scalar Money @requiresScope(scope: "hr:pay")
  enum Grade @requiresScope(scope: "hr:read") {
    HIGH
  }
  enum Sort {
    NAME
    SALARY @requiresScope(scope: "hr:read")
  }
  input DocFilter {
    title: String
    sort: [Sort]
    internalFlag: Boolean @requiresScope(scope: "docs:admin")
    not: DocFilter
  }
  interface Node {
    id: ID
    secret: String
  }
  type Doc implements Node {
    id: ID
    title: String
    secret: String @requiresScope(scope: "docs:secret")
    keeper: String @requiresScope(scope: "docs:admin")
    kept: String @requiresScope(scope: "docs:{parent.keeper}:read")
    owner: User
  }
  type Note implements Node @requiresScope(scope: "notes:read") {
    id: ID
    secret: String
  }
  union Hit = Doc | Note
  type User {
    id: ID
    name: String
    title: String @requiresScope(scope: "users:email")
    salary: Int
      @requiresScope(scope: ["hr:read", "docs:admin"])
      @requiresScope(scope: ["hr:pay", "docs:admin"])
    bonus: Money
    bonuses: [[Money]]
    grades: [Grade]
    docs: [[Doc]]
  }
  type Query {
    me: User @authenticated
    public: String @public
    doc(id: ID!): Doc @requiresScope(scope: "docs:{args.id}:read")
    node(id: ID!): Node @requiresScope(scope: "docs:read")
    search: [Hit] @requiresScope(scope: "docs:read")
    docs(
      sort: Sort
      sorts: [Sort]
      filter: DocFilter
      extra: JSON
      purge: Boolean @requiresScope(scope: "docs:admin")
    ): [Doc] @requiresScope(scope: "docs:read")
    purged(purge: Boolean = true @requiresScope(scope: "docs:admin")): [Doc]
      @requiresScope(scope: "docs:read")
    breaks: String @public
  }
  type Mutation {
    editDoc(id: ID, purge: Boolean @requiresScope(scope: "docs:admin")): Doc
      @requiresScope(scope: "docs:write")
    deleteDoc(id: ID, sort: Sort): Doc @requiresScope(scope: ["docs:delete", "docs:admin"])
  }
  type Subscription {
    docChanged(id: ID!): Doc @requiresScope(scope: "docs:{args.id}:read")
    flood: String @public
    failing: String @public
  }
`;

/** What the resolvers leave behind: those of mutations, of list roots and of guarded values. */
export class DocState {
  readonly ran: string[] = [];
  /** Sources of events that have not ended. */
  open = 0;
  produced = 0;
  #next = Promise.withResolvers<void>();
  #ended = Promise.withResolvers<void>();

  /** Lets every source give one event. */
  change(): void {
    this.#next.resolve();
    this.#next = Promise.withResolvers<void>();
  }

  get changed(): Promise<void> {
    return this.#next.promise;
  }

  /** Resolves when some source has ended since the last time it was asked. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  end(): void {
    this.open--;
    this.#ended.resolve();
  }
}

const doc = (id: string): object => ({ __typename: 'Doc', id, title: 'title', keeper: `${MARKER}-KEEPER` });
const note = { __typename: 'Note', id: `${MARKER}-NOTE` };

function createResolvers(state: DocState): IResolvers {
  const leave = (name: string, value: unknown) => (): unknown => (state.ran.push(name), value);
  const secret = { secret: leave('secret', MARKER) };
  return {
    Node: { __resolveType: ({ __typename }: { __typename: string }) => __typename },
    Hit: { __resolveType: ({ __typename }: { __typename: string }) => __typename },
    Doc: { ...secret, kept: leave('kept', MARKER), owner: () => ({ id: 'u1', name: 'name' }) },
    Note: secret,
    User: {
      title: leave('User.title', MARKER),
      salary: leave('salary', 777_777),
      bonus: leave('bonus', MARKER),
      bonuses: leave('bonuses', [[MARKER], [MARKER]]),
      grades: leave('grades', ['HIGH']),
      docs: () => [
        [doc('1'), doc('2'), doc('3')],
        [doc('4'), doc('5'), doc('6')],
      ],
    },
    Query: {
      me: () => ({ id: 'u1', name: 'name' }),
      public: () => 'public',
      doc: (_: unknown, { id }: { id: string }) => doc(id),
      node: (_: unknown, { id }: { id: string }) => (id.startsWith('n') ? note : doc(id)),
      search: () => [doc('1'), note, doc('2')],
      docs: leave('docs', [doc('1')]),
      purged: leave('purged', [doc('1')]),
      breaks: () => fail(),
    },
    Mutation: { editDoc: leave('editDoc', doc('1')), deleteDoc: leave('deleteDoc', doc('1')) },
    Subscription: createSources(state),
  };
}

function createSources(state: DocState): IResolvers[string] {
  async function* changes(id: string, signal: AbortSignal): AsyncGenerator<unknown> {
    const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    state.open++;
    try {
      for (;;) {
        yield { docChanged: doc(id) };
        await Promise.race([state.changed, aborted]);
        if (signal.aborted) return;
      }
    } finally {
      state.end();
    }
  }
  async function* flood(): AsyncGenerator<unknown> {
    for (;;) {
      state.produced++;
      yield { flood: 'x'.repeat(50_000) };
    }
  }
  return {
    docChanged: {
      subscribe: (_: unknown, { id }: { id: string }, { signal }: ContextInput) => changes(id, signal),
    },
    flood: { subscribe: () => flood() },
    failing: { subscribe: () => fail() },
  };
}

function fail(): never {
  throw new Error(`connect postgres://ambit:${MARKER}@db/ambit failed`);
}

/** A token of the doc server: whose, with what scopes, and until when. */
export function docToken(
  scopes: readonly string[],
  { sub = 'low', exp = Date.now() + 3_600_000 } = {},
): string {
  return Buffer.from(JSON.stringify({ sub, scopes, exp })).toString('base64url');
}

async function verify(token: string, now: Date): Promise<Principal> {
  if (token === 'hang') return new Promise(() => undefined);
  if (token === 'bad') throw new UnauthenticatedError('invalid');
  // Only the tests' own tokens come here.
  const { sub, scopes, exp } = JSON.parse(Buffer.from(token, 'base64url').toString()) as {
    sub: string;
    scopes: string[];
    exp: number;
  };
  const expiresAt = new Date(exp);
  if (expiresAt <= now) throw new UnauthenticatedError('invalid');
  return {
    id: sub,
    tokenId: token,
    issuedAt: null,
    grants: new GrantSet(scopes),
    expiresAt,
    validUntil: expiresAt,
  };
}

export interface DocServer extends AsyncDisposable {
  readonly http: HttpServer;
  readonly state: DocState;
  readonly logged: string[];
}

export type DocServerOptions = Partial<HttpServerOptions<ContextInput>> & {
  readonly pipelineOptions?: Partial<OperationPipelineOptions<ContextInput>>;
};

/** The schema of the example in which every kind of rule stands, served on a port of the system's choice. */
export async function startDocServer(options: DocServerOptions = {}): Promise<DocServer> {
  const { pipelineOptions, now = () => new Date(), ...httpOptions } = options;
  const state = new DocState();
  const logged: string[] = [];
  const log = createLogger('warn', { write: (line) => void logged.push(line) });
  const principalOf = (context: ContextInput) => context.principal;
  const schema = guardSchema<ContextInput>(
    makeExecutableSchema({ typeDefs: [directiveTypeDefs, TYPE_DEFS], resolvers: createResolvers(state) }),
    { principalOf, families },
  );
  const pipeline = createOperationPipeline<ContextInput>({
    schema,
    principalOf,
    introspection: 'token',
    log,
    ...pipelineOptions,
  });
  const http = await startHttpServer<ContextInput>({
    pipeline,
    config: { host: '127.0.0.1', port: 0, corsOrigins: [] },
    verify: (token) => verify(token, now()),
    createContext: (input) => input,
    health: async () => ({ status: 'ok', version: '0.0.0', database: 'none' }),
    hindrances: async () => [],
    log,
    now,
    ...httpOptions,
  });
  return { http, state, logged, [Symbol.asyncDispose]: () => http.stop({ graceMs: 0 }) };
}
