import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';

import { decodeSpans, type ReceivedSpan } from './decode-spans.ts';

/** An OTLP collector: takes spans as protobuf over HTTP and keeps them. */
export interface OtlpReceiver extends AsyncDisposable {
  /** For OTEL_EXPORTER_OTLP_ENDPOINT. */
  readonly url: string;
  readonly spans: readonly ReceivedSpan[];
  /** The headers of the last request. */
  readonly headers: Readonly<Record<string, unknown>>;
  /** Resolves when the spans that have come meet the condition. */
  until(isMet: (spans: readonly ReceivedSpan[]) => boolean): Promise<void>;
}

export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  const spans: ReceivedSpan[] = [];
  const waiting = new Set<() => void>();
  let headers: Record<string, unknown> = {};
  const server = createServer(async (request, response) => {
    headers = { ...request.headers };
    const body = Buffer.concat(await request.toArray());
    if (request.url === '/v1/traces') spans.push(...decodeSpans(body));
    response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
    for (const look of waiting) look();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    // A listening TCP server's address is an object.
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    get headers() {
      return headers;
    },
    until: (isMet) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (!isMet(spans)) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
