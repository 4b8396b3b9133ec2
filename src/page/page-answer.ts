import type { IncomingMessage, ServerResponse } from 'node:http';

import { type PagePolicy, securityHeaders } from './security-headers.ts';

export interface PageAnswer {
  readonly status: number;
  /** Content-Type. */
  readonly type: string;
  readonly body: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface SentPage {
  readonly request: IncomingMessage;
  readonly policy: PagePolicy;
  readonly answer: PageAnswer;
}

/** Sends an answer of a page, with the headers that all of them carry; to HEAD without the body. */
export function sendPage(response: ServerResponse, { request, policy, answer }: SentPage): void {
  const { status, type, body, headers } = answer;
  response.writeHead(status, {
    ...securityHeaders(request.headers.host, policy),
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
