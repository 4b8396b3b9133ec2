import { type Client, createClient } from 'graphql-ws';
import { UsageError } from './usage-error.ts';

/** A client of the server at AMBIT_URL with AMBIT_TOKEN. */
export interface GraphqlClient {
  /** @throws UsageError with the server's words when it refuses. */
  request<TData>(query: string, variables?: Record<string, unknown>): Promise<TData>;
  readonly socket: Client;
}

interface Answer<TData> {
  readonly data?: TData | null;
  readonly errors?: readonly { readonly message: string }[];
}

export function createGraphqlClient(env: NodeJS.ProcessEnv = process.env): GraphqlClient {
  const url = new URL('/graphql', env['AMBIT_URL'] ?? 'http://127.0.0.1:4000');
  const token = env['AMBIT_TOKEN'];
  const authorization = token === undefined || token === '' ? {} : { authorization: `Bearer ${token}` };
  const socketUrl = new URL(url);
  socketUrl.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return {
    async request<TData>(query: string, variables: Record<string, unknown> = {}) {
      const body = JSON.stringify({ query, variables });
      const headers = { 'content-type': 'application/json', ...authorization };
      const response = await fetch(url, { method: 'POST', headers, body }).catch((cause: unknown) => {
        throw new UsageError(`No server answers at ${url.origin}; AMBIT_URL says where it is.`, { cause });
      });
      // The server answers GraphQL in this shape, whatever the status.
      const { data, errors } = (await response.json()) as Answer<TData>;
      if (errors !== undefined || data === undefined || data === null) {
        throw new UsageError(errors?.map(({ message }) => message).join('\n') ?? `HTTP ${response.status}`);
      }
      return data;
    },
    socket: createClient({ url: socketUrl.href, connectionParams: authorization, retryAttempts: 10 }),
  };
}
