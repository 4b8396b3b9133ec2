import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';

export type Answer = (response: ServerResponse, request: IncomingMessage) => void;

/** A JWKS endpoint on a real socket whose answer can be changed; it counts its requests. */
export interface KeyServer extends AsyncDisposable {
  readonly url: string;
  readonly paths: readonly string[];
  answer: Answer;
  /** Resolves when the request with that number (1, 2, …) has arrived. */
  arrival(number: number): Promise<void>;
}

export async function startKeyServer(answer: Answer): Promise<KeyServer> {
  const paths: string[] = [];
  const server = createServer((request, response) => {
    paths.push(request.url ?? '');
    server.emit('arrived');
    handle.answer(response, request);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A TCP server's address is an object.
  const { port } = server.address() as AddressInfo;
  const handle: KeyServer = {
    url: `http://127.0.0.1:${port}/jwks`,
    paths,
    answer,
    async arrival(number) {
      while (paths.length < number) await once(server, 'arrived');
    },
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
  return handle;
}

/** Answers with a key set. */
export function sendKeys(...keys: object[]): Answer {
  return (response) => {
    response.setHeader('content-type', 'application/jwk-set+json');
    response.end(JSON.stringify({ keys }));
  };
}

export function sendStatus(status: number, headers: Record<string, string> = {}): Answer {
  return (response) => {
    response.writeHead(status, headers).end('{}');
  };
}

/** Takes the request and never answers. */
export function hang(): Answer {
  return () => undefined;
}

/** Answers by cutting the connection. */
export function cut(): Answer {
  return (response) => {
    response.destroy();
  };
}
