import { UnauthenticatedError, UnavailableError } from '../../src/errors.ts';
import { createOperationPipeline, type OperationPipelineOptions } from '../../src/graphql/operation.ts';
import { type HttpServer, type HttpServerOptions, startHttpServer } from '../../src/http/http-server.ts';
import { createLogger } from '../../src/lib/logger.ts';
import { GrantSet } from '../../src/scope/grant-set.ts';
import type { Principal } from '../../src/scope/principal.ts';
import { createToySchema, type ToyContext, ToyState } from './toy-schema.ts';

/** The scopes behind each token of the toy server. */
export const TOKENS: Readonly<Record<string, readonly string[]>> = {
  admin: ['agent_os:admin'],
  reader: ['secrets:read', 'agents:a1:read'],
  writer: ['items:write'],
  nobody: [],
};

export interface ToyServer extends AsyncDisposable {
  readonly http: HttpServer;
  /** Of GraphQL, as http://127.0.0.1:1234/graphql. */
  readonly url: string;
  readonly state: ToyState;
  /** What was logged, as JSON lines. */
  readonly logged: string[];
}

export type ToyServerOptions = Partial<HttpServerOptions<ToyContext>> & {
  readonly pipelineOptions?: Partial<OperationPipelineOptions<ToyContext>>;
  /** When the tokens expire. */
  readonly expiresAt?: Date;
  /** Told of every token that is looked at. */
  onVerify?(token: string): void;
};

/** A real server over the toy schema on a port of the system's choice. */
export async function startToyServer(options: ToyServerOptions = {}): Promise<ToyServer> {
  const { pipelineOptions, onVerify, expiresAt = new Date(Date.now() + 3_600_000), ...httpOptions } = options;
  const state = new ToyState();
  const logged: string[] = [];
  const log = createLogger('warn', { write: (line) => void logged.push(line) });
  const pipeline = createOperationPipeline<ToyContext>({
    schema: createToySchema(state),
    principalOf: ({ principal }) => principal,
    introspection: 'token',
    log,
    ...pipelineOptions,
  });
  const http = await startHttpServer<ToyContext>({
    pipeline,
    config: { host: '127.0.0.1', port: 0, corsOrigins: [] },
    verify: (token) => {
      onVerify?.(token);
      return verify(token, expiresAt);
    },
    createContext: (input) => input,
    health: async () => ({ status: 'ok', version: '0.0.0', database: 'toy' }),
    hindrances: async () => [],
    log,
    ...httpOptions,
  });
  return {
    http,
    url: `${http.url}/graphql`,
    state,
    logged,
    [Symbol.asyncDispose]: () => http.stop({ graceMs: 0 }),
  };
}

async function verify(token: string, expiresAt: Date): Promise<Principal> {
  if (token === 'hang') return new Promise(() => undefined);
  if (token === 'keys-away') throw new UnavailableError('The keys cannot be fetched.');
  if (token === 'crash') throw new Error('password-in-text');
  const scopes = TOKENS[token];
  if (scopes === undefined) throw new UnauthenticatedError('invalid');
  return {
    id: token,
    tokenId: token,
    issuedAt: null,
    grants: new GrantSet(scopes),
    expiresAt,
    validUntil: expiresAt,
  };
}

export interface ToyAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // What a test expects here is what it checks.
  readonly body: {
    readonly data?: Record<string, unknown> | null;
    readonly errors?: readonly {
      readonly message: string;
      readonly path?: readonly (string | number)[];
      readonly extensions: Record<string, unknown>;
    }[];
  };
}

/** POSTs a query, with a token of `TOKENS` if one is given. */
export async function post(
  { url }: Pick<ToyServer, 'url'>,
  query: string,
  options: {
    readonly token?: string;
    readonly variables?: unknown;
    readonly headers?: Record<string, string>;
    readonly operationName?: string;
  } = {},
): Promise<ToyAnswer> {
  const { token, headers, ...rest } = options;
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...headers,
    },
    body: JSON.stringify({ query, ...rest }),
  });
  return toAnswer(response);
}

/** The response with its body read as JSON. */
export async function toAnswer(response: Response): Promise<ToyAnswer> {
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: JSON.parse(text) };
}
