import { type AgentRun, FollowedRun } from './agent-run.ts';
import { createAutoTransport } from './auto-transport.ts';
import type { AmbitClientError } from './client-error.ts';
import { Connection } from './connection.ts';
import { type Document, toText, type VariablesOf } from './document.ts';
import type { OnBusy } from './generated/graphql.ts';
import { newRunId } from './new-run-id.ts';
import type { RetryOptions } from './patience.ts';
import { RunRequests } from './run-requests.ts';
import { SocketTransport } from './socket-transport.ts';
import { createSseTransport } from './sse-transport.ts';
import { type Token, TokenSource } from './token-source.ts';
import type { Transport } from './transport.ts';

export interface AmbitClientOptions {
  /** Of GraphQL, as http://127.0.0.1:4000/graphql; in a page also relative to it. */
  readonly url: string;
  /**
   * The token, or a function that gives one: asked before the first use, shortly before the token expires, and when the server refuses
   * it. Default: no token.
   */
  readonly token?: Token;
  /** How streams of results come. Default: `auto`, websockets, and server-sent events where no websocket can be opened. */
  readonly transport?: 'websocket' | 'sse' | 'auto';
  readonly retry?: RetryOptions;
  /** Told whenever something will be tried again, and why. */
  readonly onRetry?: (error: AmbitClientError) => void;
  /** Default: the global one. */
  readonly fetch?: typeof fetch;
  /** A class as `WebSocket`. Default: the global one. */
  readonly webSocketImpl?: unknown;
}

export interface RunAgentOptions {
  readonly agentId: string;
  readonly message: string;
  /** Left out: a new session. */
  readonly sessionId?: string;
  /** Whose the run is. Left out: the session's owner, in a new one the caller. */
  readonly userId?: string;
  /** Default: ENQUEUE. */
  readonly onBusy?: OnBusy;
  /** Aborting it cancels the run. */
  readonly signal?: AbortSignal;
}

export interface ResumeRunOptions {
  /** The `seq` of the last event that is known. Default: 0. */
  readonly after?: number;
  /** Aborting it ends iterations, in silence, and the run goes on. */
  readonly signal?: AbortSignal;
  /** Aborting the signal cancels the run instead. Default: false. */
  readonly cancelOnAbort?: boolean;
}

export interface SubscribeOptions {
  /** Aborting it ends the iteration, in silence. */
  readonly signal?: AbortSignal;
}

/** A client of one server with one token. */
export interface AmbitClient {
  /** Starts a run at once. What goes wrong with that is told by the run's iteration and its promises. */
  runAgent(options: RunAgentOptions): AgentRun;
  /** A run that was started before, as after a page was reloaded. */
  resumeRun(runId: string, options?: ResumeRunOptions): AgentRun;
  /**
   * A query or a mutation over HTTP. Throws `AmbitClientError` when there is any error; what was answered in spite of it is in its
   * `data`. Only sent again with another token, in place of one that was refused.
   */
  request<TData, TVariables>(
    document: Document<TData, TVariables>,
    ...variables: VariablesOf<TVariables>
  ): Promise<TData>;
  /**
   * The data of a subscription's results, or of a query's one. After a lost connection the operation is sent anew; variables that are
   * to be others then are given as a function. Throws `AmbitClientError` as `request`.
   */
  subscribe<TData, TVariables>(
    document: Document<TData, TVariables>,
    variables?: TVariables | (() => TVariables),
    options?: SubscribeOptions,
  ): AsyncIterableIterator<TData, void, undefined>;
  /** Ends all iterations (ABORTED) and connections. Runs go on. */
  dispose(): Promise<void>;
}

/** Makes a client; nothing is sent yet. Throws `TypeError` for a `url` that is no http URL. */
export function createAmbitClient(options: AmbitClientOptions): AmbitClient {
  const url = toUrl(options.url);
  const tokens = new TokenSource(options.token ?? null);
  const { retry = {}, onRetry = () => undefined } = options;
  // A function of the window's must be called as such.
  const send: typeof fetch = options.fetch ?? ((...args) => fetch(...args));
  const transport = createTransport({ ...options, url, tokens, fetch: send });
  const connection = new Connection({ url, fetch: send, tokens, transport, retry, onRetry });
  return {
    runAgent({ signal, ...input }) {
      const id = newRunId();
      const requests = new RunRequests(connection, id);
      return new FollowedRun({ id, requests, input, after: 0, signal, aborts: 'run' });
    },
    resumeRun(id, { after = 0, signal, cancelOnAbort = false } = {}) {
      const requests = new RunRequests(connection, id);
      const aborts = cancelOnAbort ? 'run' : 'reading';
      return new FollowedRun({ id, requests, input: null, after, signal, aborts });
    },
    async request<TData, TVariables>(
      document: Document<TData, TVariables>,
      variables?: TVariables,
    ): Promise<TData> {
      const query = await toText(document);
      // The document's type says what its answer is.
      return (await connection.send({ query, variables: { ...variables } })) as TData;
    },
    async *subscribe<TData, TVariables>(
      document: Document<TData, TVariables>,
      variables?: TVariables | (() => TVariables),
      { signal }: SubscribeOptions = {},
    ) {
      const query = await toText(document);
      const next = () => ({
        query,
        // A function is no object of variables.
        variables: { ...(typeof variables === 'function' ? (variables as () => TVariables)() : variables) },
      });
      // As above.
      for await (const data of connection.follow(next, signal)) yield data as TData;
    },
    dispose: () => connection.dispose(),
  };
}

function createTransport({
  transport = 'auto',
  url,
  tokens,
  fetch,
  webSocketImpl,
}: AmbitClientOptions & {
  readonly tokens: TokenSource;
  readonly fetch: typeof globalThis.fetch;
}): Transport {
  const onAccepted = (token: string | null): void => tokens.accept(token);
  const events = createSseTransport({ url, fetch, onAccepted });
  if (transport === 'sse' || (webSocketImpl === undefined && typeof WebSocket === 'undefined')) return events;
  const sockets = new SocketTransport({ url, tokens, webSocketImpl });
  return transport === 'websocket' ? sockets : createAutoTransport(sockets, events);
}

function toUrl(text: string): string {
  const { location } = globalThis as { readonly location?: { readonly href: string } };
  const url = URL.parse(text, location?.href);
  if (url !== null && /^https?:$/.test(url.protocol)) return url.href;
  throw new TypeError('url must be the http: or https: URL of GraphQL, as http://127.0.0.1:4000/graphql.');
}
