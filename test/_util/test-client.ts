import { type Client, createClient, type ExecutionResult } from 'graphql-ws';
import { WebSocket } from 'ws';

import { type TypedDocumentString } from './generated/graphql.ts';

export interface HttpAnswer<TData> {
  readonly status: number;
  readonly headers: Headers;
  readonly data: TData | null | undefined;
  readonly errors: readonly AnsweredError[];
}

export interface AnsweredError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions: Readonly<Record<string, unknown>> & { readonly code: string };
}

type Document<TData, TVariables> = TypedDocumentString<TData, TVariables> | string;

/** A caller with one token, over HTTP and over one websocket. */
export interface TestClient extends AsyncDisposable {
  readonly token: string | null;
  /** The answer as it came. */
  post<TData, TVariables>(
    document: Document<TData, TVariables>,
    variables?: TVariables,
  ): Promise<HttpAnswer<TData>>;
  /** The data of an answer without errors. */
  query<TData, TVariables>(document: Document<TData, TVariables>, variables?: TVariables): Promise<TData>;
  /** The results of an operation over the websocket, errors among them. */
  subscribe<TData, TVariables>(
    document: Document<TData, TVariables>,
    variables?: TVariables,
  ): AsyncIterableIterator<ExecutionResult<TData>>;
  readonly socket: Client;
}

/** One that is closed before it is open says so to nobody. */
class CuttableWebSocket extends WebSocket {
  constructor(address: string, protocol: string) {
    super(address, protocol);
    this.on('error', () => undefined);
  }
}

export function startTestClient(url: string, token: string | null): TestClient {
  const authorization = token === null ? {} : { authorization: `Bearer ${token}` };
  const socket = createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: CuttableWebSocket,
    connectionParams: authorization,
    retryAttempts: 0,
  });
  const post: TestClient['post'] = async (document, variables) => {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...authorization },
      body: JSON.stringify({ query: String(document), variables: variables ?? {} }),
    });
    // The server answers in this shape, whatever the status; the tests look at what is in it.
    const { data, errors = [] } = (await response.json()) as { data?: never; errors?: AnsweredError[] };
    return { status: response.status, headers: response.headers, data, errors };
  };
  return {
    token,
    post,
    async query(document, variables) {
      const { data, errors } = await post(document, variables);
      if (errors.length > 0 || data === null || data === undefined) throw new Error(JSON.stringify(errors));
      return data;
    },
    subscribe: (document, variables) =>
      withErrors(socket.iterate({ query: String(document), variables: { ...variables } })) as never,
    socket,
    async [Symbol.asyncDispose]() {
      await socket.dispose();
    },
  };
}

/** The client throws what the server answers in an `error` message; a test reads it as a result. */
async function* withErrors(results: AsyncIterable<object>): AsyncGenerator<object> {
  try {
    yield* results;
  } catch (error) {
    if (!Array.isArray(error)) throw error;
    yield { errors: error };
  }
}
