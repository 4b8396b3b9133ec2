import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';

export interface SeenRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface SearchServer extends AsyncDisposable {
  /** With a slash at the end. */
  readonly baseUrl: string;
  readonly seen: readonly SeenRequest[];
  /** Resolves when a connection has been closed by the other side before its answer was over. */
  readonly abandoned: Promise<void>;
}

type Answer = (request: SeenRequest, response: ServerResponse) => unknown;

/** A search service on a free port that answers as `answer` does. */
export async function startSearchServer(answer: Answer): Promise<SearchServer> {
  const seen: SeenRequest[] = [];
  const abandoned = Promise.withResolvers<void>();
  const server = createServer(async (request, response) => {
    const body = (await request.toArray()).join('');
    const url = new URL(request.url ?? '/', 'http://search.test');
    const record = { method: request.method ?? '', url, headers: request.headers, body };
    seen.push(record);
    response.on('close', () => {
      if (!response.writableFinished) abandoned.resolve();
    });
    await answer(record, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A server that listens on a port has such an address.
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}/`,
    seen,
    abandoned: abandoned.promise,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => void server.close(resolve));
    },
  };
}

/** A saved page, as text. */
export async function readPage(name: string): Promise<string> {
  return await readFile(new URL(`pages/${name}`, import.meta.url), 'utf8');
}
