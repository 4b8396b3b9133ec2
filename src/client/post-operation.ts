import { AmbitClientError } from './client-error.ts';
import { ConnectionLost, remedyOf } from './connection-lost.ts';
import type { Operation } from './operation.ts';
import { failureOf, readAnswer } from './read-answer.ts';

export interface PostOptions {
  readonly url: string;
  readonly fetch: typeof fetch;
  readonly token: string | null;
  readonly signal: AbortSignal;
}

/** The headers of a request with that token. */
export function toHeaders(token: string | null, accept: string): Record<string, string> {
  return {
    'content-type': 'application/json',
    accept,
    ...(token !== null && { authorization: `Bearer ${token}` }),
  };
}

/** The `data` of a query or mutation over HTTP. Throws `ConnectionLost` for everything else, partial data in its cause. */
export async function postOperation(
  operation: Operation,
  { url, fetch, token, signal }: PostOptions,
): Promise<unknown> {
  try {
    const headers = toHeaders(token, 'application/graphql-response+json, application/json;q=0.9');
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(operation), signal });
    const result = await readAnswer(response);
    const failure = failureOf(result);
    if (failure === null) return result.data;
    // Only a request that was refused as a whole may be sent again.
    const isRefused = response.status === 401 || response.status === 429 || response.status === 503;
    throw toLost(failure, { token, isRefused });
  } catch (error) {
    if (error instanceof ConnectionLost) throw error;
    throw toLost(toNetworkError(error, url), { token, isRefused: true });
  }
}

/** What a failed fetch is told as. */
export function toNetworkError(error: unknown, url: string): AmbitClientError {
  if (error instanceof AmbitClientError) return error;
  return new AmbitClientError(`No answer from ${url}.`, { code: 'NETWORK', cause: error });
}

function toLost(
  error: AmbitClientError,
  { token, isRefused }: { readonly token: string | null; readonly isRefused: boolean },
): ConnectionLost {
  return new ConnectionLost(error, { remedy: isRefused ? remedyOf(error) : 'never', wasOpen: true, token });
}
