import type { IncomingMessage, ServerResponse } from 'node:http';

import { securityHeaders } from './security-headers.ts';

export interface PageAnswer {
  readonly status: number;
  /** Content-Type. */
  readonly type: string;
  readonly body: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends an answer of the playground, with the headers that all of them carry; to HEAD without the body. */
export function sendPage(
  request: IncomingMessage,
  response: ServerResponse,
  { status, type, body, headers }: PageAnswer,
): void {
  response.writeHead(status, {
    ...securityHeaders(request.headers.host),
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    ...headers,
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

/** A refusal in words. */
export function refusal(status: number, sentence: string, headers: Record<string, string> = {}): PageAnswer {
  return { status, type: 'text/plain; charset=utf-8', body: `${sentence}\n`, headers };
}
