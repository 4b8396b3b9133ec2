import { createParser } from 'eventsource-parser';

import { AmbitClientError } from './client-error.ts';
import { ConnectionLost, remedyOf } from './connection-lost.ts';
import type { OperationResult } from './operation.ts';
import { toHeaders, toNetworkError } from './post-operation.ts';
import { failureOf, readAnswer } from './read-answer.ts';
import type { Transport, TransportRequest } from './transport.ts';

export interface SseTransportOptions {
  readonly url: string;
  readonly fetch: typeof fetch;
  /** The server has taken the token. */
  onAccepted(token: string | null): void;
}

/** Without a byte for so long, the connection is lost: the server sends a comment every twelve seconds. */
const SILENCE_MS = 30_000;

/**
 * GraphQL over server-sent events, in distinct connections mode: https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md.
 * The response is read no faster than its events are asked for.
 */
export function createSseTransport(options: SseTransportOptions): Transport {
  const open = new Set<AbortController>();
  return {
    async *open(request) {
      const { token } = request;
      const controller = new AbortController();
      const signal = AbortSignal.any([request.signal, controller.signal]);
      const silence = new Silence(() => controller.abort());
      open.add(controller);
      let wasOpen = false;
      try {
        for await (const result of readEvents({ ...options, ...request, signal, silence })) {
          if (!wasOpen) options.onAccepted(token);
          wasOpen = true;
          if (result === 'opened') continue;
          const failure = failureOf(result);
          if (failure !== null)
            throw new ConnectionLost(failure, { remedy: remedyOf(failure), wasOpen, token });
          yield result.data;
        }
      } catch (error) {
        if (request.signal.aborted) return;
        if (error instanceof ConnectionLost) throw error;
        const cause = toNetworkError(error, options.url);
        throw new ConnectionLost(cause, { remedy: remedyOf(cause), wasOpen, token });
      } finally {
        silence.end();
        open.delete(controller);
        controller.abort();
      }
    },
    async dispose() {
      for (const controller of open) controller.abort();
    },
  };
}

interface ReadEventsOptions extends TransportRequest, Pick<SseTransportOptions, 'url' | 'fetch'> {
  readonly silence: Silence;
}

/** `opened`, then the results up to `complete`. Throws when that does not come. */
async function* readEvents({
  url,
  fetch,
  operation,
  token,
  signal,
  silence,
}: ReadEventsOptions): AsyncGenerator<OperationResult | 'opened', void, undefined> {
  const headers = toHeaders(token, 'text/event-stream');
  silence.begin();
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(operation), signal });
  if (!response.ok || response.headers.get('content-type')?.includes('text/event-stream') !== true)
    throw failureOf(await readAnswer(response)) ?? noStream(url);
  silence.end();
  yield 'opened';
  const events: { readonly event?: string | undefined; readonly data: string }[] = [];
  const parser = createParser({ onEvent: (event) => void events.push(event) });
  const decoder = new TextDecoder();
  const reader = response.body?.getReader();
  for (;;) {
    // Counted while it is read, not while whoever asked is busy with what came.
    silence.begin();
    const chunk = await reader?.read();
    silence.end();
    if (chunk?.value === undefined) throw new Error('The stream ended before it was complete.');
    parser.feed(decoder.decode(chunk.value, { stream: true }));
    for (const { event, data } of events.splice(0)) {
      if (event === 'complete') return;
      // What the server writes, as it writes it.
      if (event === 'next') yield JSON.parse(data) as OperationResult;
    }
  }
}

function noStream(url: string): AmbitClientError {
  return new AmbitClientError(`No event stream at ${url}.`, { code: 'BAD_RESPONSE' });
}

class Silence {
  readonly #onSilence: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(onSilence: () => void) {
    this.#onSilence = onSilence;
  }

  begin(): void {
    this.#timer = setTimeout(this.#onSilence, SILENCE_MS);
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}
