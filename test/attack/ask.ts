import { expect } from 'vitest';

import { SocketClient } from '../_util/socket-client.ts';
import { MARKER } from './doc-server.ts';

export type Transport = 'HTTP' | 'socket';

export interface Asked {
  readonly url: string;
  readonly token?: string | null;
  readonly query: string;
  readonly variables?: unknown;
  readonly operationName?: string;
  readonly documentId?: string;
}

export interface Answered {
  /** `null` over a socket. */
  readonly status: number | null;
  readonly text: string;
  // What a row expects here is what it checks.
  readonly data?: unknown;
  readonly errors: readonly {
    readonly message: string;
    readonly path?: readonly (string | number)[];
    readonly extensions: Readonly<Record<string, unknown>>;
  }[];
}

/** One operation over that transport; of a subscription the first result. */
export function ask(over: Transport, asked: Asked): Promise<Answered> {
  return over === 'HTTP' ? askHttp(asked) : askSocket(asked);
}

async function askHttp({ url, token = null, ...body }: Asked): Promise<Answered> {
  const authorization = token === null ? {} : { authorization: `Bearer ${token}` };
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...authorization },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, errors: [], ...(JSON.parse(text) as object), text };
}

async function askSocket({ url, token = null, query, ...rest }: Asked): Promise<Answered> {
  const payload = token === null ? undefined : { authorization: `Bearer ${token}` };
  await using client = await SocketClient.ready(`${url}/graphql`, payload);
  client.subscribe('1', query, rest);
  const message = await client.next();
  const text = JSON.stringify(message);
  if (message.type === 'error') return { status: null, errors: message.payload as never, text };
  return { status: null, errors: [], ...(message.payload as object), text };
}

/** The codes of an answer's errors, each once. */
export function codesOf({ errors }: Pick<Answered, 'errors'>): unknown[] {
  return [...new Set(errors.map(({ extensions }) => extensions['code']))];
}

/** Nothing guarded, nothing of the machinery, no name that was not sent, and nothing left on the prototype of objects. */
export function assertTight(text: string, opened = false): void {
  if (!opened) expect(text).not.toMatch(new RegExp(`${MARKER}|777777|HIGH`));
  expect(text).not.toMatch(/Did you mean|node_modules|\.ts:\d+|stacktrace|postgres:\/\//);
  expect(Object.keys(Object.prototype)).toEqual([]);
  for (const name of ['purge', 'internalFlag', 'polluted']) expect(name in {}).toBe(false);
}
