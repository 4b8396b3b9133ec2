import { type Client, createClient } from 'graphql-ws';
import { readServerAddress } from './server-address.ts';
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

/** @throws UsageError as `readServerAddress` does. */
export function createGraphqlClient(): GraphqlClient {
  const { url, token } = readServerAddress();
  const authorization = token === null ? {} : { authorization: `Bearer ${token}` };
  const socketUrl = new URL(url);
  socketUrl.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return {
    async request<TData>(query: string, variables: Record<string, unknown> = {}) {
      const body = JSON.stringify({ query, variables });
      const headers = { 'content-type': 'application/json', ...authorization };
      const response = await fetch(url, { method: 'POST', headers, body }).catch((cause: unknown) => {
        throw new UsageError(`No server answers at ${url.origin}; AMBIT_URL says where it is.`, { cause });
      });
      // The server answers GraphQL in this shape, whatever the status; whoever else is there answers in another.
      const answer = (await response.json().catch(() => null)) as Answer<TData> | null;
      if (answer === null) throw new UsageError(`What answers at ${url.origin} is no Ambit server.`);
      const { data, errors } = answer;
      if (errors !== undefined || data === undefined || data === null) {
        throw new UsageError(errors?.map(({ message }) => message).join('\n') ?? `HTTP ${response.status}`);
      }
      return data;
    },
    socket: createClient({ url: socketUrl.href, connectionParams: authorization, retryAttempts: 10 }),
  };
}
