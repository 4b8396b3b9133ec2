import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';

export interface EndlessModel extends AsyncDisposable {
  readonly baseUrl: string;
  /** When the connection of the request whose last message is `text` was closed, by the clock of `performance`. */
  closedAt(text: string): Promise<number>;
}

const INTERVAL_MS = 20;

/** A model that answers every request with a token every 20 ms until the client goes away. */
export async function startEndlessModel(): Promise<EndlessModel> {
  const closings = new Map<string, PromiseWithResolvers<number>>();
  const closing = (text: string): PromiseWithResolvers<number> => {
    const known = closings.get(text) ?? Promise.withResolvers<number>();
    closings.set(text, known);
    return known;
  };
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString();
    const { messages } = JSON.parse(body) as { messages: { content: string }[] };
    const { resolve } = closing(messages.at(-1)?.content ?? '');
    response.on('close', () => resolve(performance.now()));
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    writeTokens(response);
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    closedAt: (text) => closing(text).promise,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function writeTokens(response: ServerResponse): void {
  const timer = setInterval(() => {
    const chunk = { object: 'chat.completion.chunk', choices: [{ index: 0, delta: { content: 'word ' } }] };
    response.write(`data: ${JSON.stringify(chunk)}\n\n`);
  }, INTERVAL_MS);
  response.on('close', () => clearInterval(timer));
}
