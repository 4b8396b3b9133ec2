import type { Fetcher } from '@graphiql/toolkit';
import { type Client, createClient } from 'graphql-ws';

import { type GraphqlAnswer, toFailure } from './graphql-answer.ts';
import { LatestRun } from './latest-run.ts';
import { type Operation, postOperation } from './post-operation.ts';
import { readOperation } from './read-operation.ts';
import { RunStream } from './run-stream.ts';

/** How the editor speaks to the server with one token. */
export interface Connection {
  readonly fetcher: Fetcher;
  readonly stream: RunStream;
  readonly latestRun: LatestRun;
  /** Ends the websocket. */
  close(): void;
}

/** Opens nothing yet: the websocket is opened by the first subscription, and closed some seconds after the last. */
export function createConnection(token: string): Connection {
  const client = createSocket(token);
  const stream = new RunStream();
  const latestRun = new LatestRun();
  const execute = (asked: Operation) => {
    const { operation, isSubscription } = readOperation(asked);
    if (isSubscription) return watch(client, operation, stream);
    return postOperation(token, operation).then((result) => {
      latestRun.note(result);
      return result;
    });
  };
  return {
    stream,
    latestRun,
    // Declared for results with the library's own errors, and for observables that take three functions too; the editor
    // reads results as JSON has them, and passes one object.
    fetcher: execute as unknown as Fetcher,
    close: () => void client.dispose(),
  };
}

function createSocket(token: string): Client {
  const url = new URL('/graphql', location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return createClient({
    url: url.href,
    connectionParams: { authorization: `Bearer ${token}` },
    lazyCloseTimeout: 3000,
    // To ask again is the person's to decide, who sees the last seq.
    retryAttempts: 0,
  });
}

interface Watcher {
  next(result: GraphqlAnswer): void;
  error(error: unknown): void;
  complete(): void;
}

/** The events of a subscription, in the form that the editor takes: an observable, which it can end at any time. */
function watch(client: Client, { query, variables, operationName }: Operation, stream: RunStream) {
  const payload = {
    query,
    operationName: operationName ?? null,
    // The editor gives an object or nothing.
    variables: (variables ?? {}) as Record<string, unknown>,
  };
  return {
    subscribe(watcher: Watcher) {
      stream.start();
      const unsubscribe = client.subscribe<Record<string, unknown>, Record<string, unknown>>(payload, {
        next(result) {
          stream.add(result);
          watcher.next(result);
        },
        error(error) {
          stream.end('failed');
          watcher.next(toResult(error));
          watcher.complete();
        },
        complete() {
          stream.end('ended');
          watcher.complete();
        },
      });
      return {
        unsubscribe() {
          stream.end('stopped');
          unsubscribe();
        },
      };
    },
  };
}

/** The server's errors as it sent them; a closed socket in words. */
function toResult(error: unknown): GraphqlAnswer {
  if (Array.isArray(error)) return { errors: error };
  if (error instanceof CloseEvent) {
    return toFailure(`The server closed the websocket: ${error.code} ${error.reason}`.trim());
  }
  return toFailure('The websocket could not be opened.');
}
