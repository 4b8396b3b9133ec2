import type { ServerResponse } from 'node:http';

import { GraphQLError } from 'graphql';

import type { ErrorAnswer, ErrorFormatter } from '../graphql/format-error.ts';

const CODES: Readonly<Record<number, string>> = { 403: 'FORBIDDEN', 404: 'NOT_FOUND' };

/** A request that is refused before it is a GraphQL request: its status, our sentence, headers that go with it. */
export class HttpProblem extends GraphQLError {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message, { extensions: { code: CODES[status] ?? 'BAD_REQUEST' } });
    this.status = status;
    this.headers = headers;
  }
}

/** Answers with `error` as JSON, in the form of a GraphQL result without data. */
export function sendError(response: ServerResponse, error: unknown, formatError: ErrorFormatter): void {
  const { formatted, status, headers } = toHttpAnswer(error, formatError);
  sendJson(response, { status, headers, body: { errors: [formatted] } });
}

/** Answers in JSON. When the head is out already, the rest can only be cut off. */
export function sendJson(
  response: ServerResponse,
  answer: {
    readonly status: number;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body: unknown;
  },
): void {
  if (response.headersSent) return void response.destroy();
  const text = JSON.stringify(answer.body);
  response.writeHead(answer.status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    ...answer.headers,
  });
  response.end(text);
}

function toHttpAnswer(error: unknown, formatError: ErrorFormatter): ErrorAnswer {
  const answer = formatError(error);
  return error instanceof HttpProblem ? { ...answer, status: error.status, headers: error.headers } : answer;
}
