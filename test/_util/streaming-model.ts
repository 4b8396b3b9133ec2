import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';

import { type AnswerScript, parseScript, toWords } from './answer-script.ts';
import { Pacemaker } from './pacemaker.ts';
import { type RecordedBody } from './recorded-request.ts';

export interface StreamingModelOptions {
  /** Between two words of one answer. */
  readonly intervalMs: number;
  /** A connection with an answer under way was closed by the other side; `seed` tells which. */
  readonly onAborted?: (seed: number) => void;
}

export interface StreamingModel extends AsyncDisposable {
  /** For OPENAI_BASE_URL. */
  readonly baseUrl: string;
  /** Answers begun so far. */
  readonly requestCount: number;
}

/**
 * A server that speaks OpenAI's Chat Completions protocol, keeps nothing, and gives every answer at one pace: what it says follows
 * from the messages alone, so any process may ask again after another has died. The last user message is an `AnswerScript`.
 */
export async function startStreamingModel(options: StreamingModelOptions): Promise<StreamingModel> {
  const server = new StreamingModelServer(options);
  await server.listen();
  return server;
}

class StreamingModelServer implements StreamingModel {
  requestCount = 0;
  readonly #options: StreamingModelOptions;
  readonly #pacemaker: Pacemaker;
  readonly #server = createServer((request, response) => void this.#serve(request, response));

  constructor(options: StreamingModelOptions) {
    this.#options = options;
    this.#pacemaker = new Pacemaker(options.intervalMs);
  }

  get baseUrl(): string {
    // A listening TCP server's address is an object.
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`;
  }

  async listen(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#pacemaker.stop();
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request);
    if (body === null) return;
    const script = parseScript(body.messages.findLast(({ role }) => role === 'user')?.content ?? '');
    if (script === null) {
      response.writeHead(400).end();
      return;
    }
    this.requestCount += 1;
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    this.#stream(response, { script, turn: findTurn(body) });
  }

  #stream(response: ServerResponse, { script, turn }: { script: AnswerScript; turn: number }): void {
    const words = toWords(script, turn);
    let next = 0;
    const leave = this.#pacemaker.join(() => {
      // Words for which the other side has no room are not lost: the answer takes longer.
      if (response.writableNeedDrain) return;
      const word = words[next++];
      if (word !== undefined) {
        response.write(toFrame({ content: word }));
        return;
      }
      leave();
      response.end(toEnding(script, turn));
    });
    response.once('close', () => {
      leave();
      if (!response.writableFinished) this.#options.onAborted?.(script.seed);
    });
  }
}

/** Null when the other side is gone before it has said all. */
async function readBody(request: IncomingMessage): Promise<RecordedBody | null> {
  const parts: Buffer[] = [];
  try {
    for await (const part of request) parts.push(part as Buffer); // a request without encoding gives Buffers
  } catch {
    // It was torn down: there is nobody to answer.
    return null;
  }
  return JSON.parse(Buffer.concat(parts).toString('utf8')) as RecordedBody;
}

function findTurn({ messages }: RecordedBody): number {
  const begin = messages.findLastIndex(({ role }) => role === 'user');
  return messages.slice(begin).filter(({ role }) => role === 'assistant').length;
}

function toEnding(script: AnswerScript, turn: number): string {
  const name = script.tools[turn];
  if (name === undefined) return toFrame({}, 'stop') + DONE;
  const call = { name, arguments: JSON.stringify({ seed: script.seed, turn }) };
  const id = `call_${script.seed}_${turn}`;
  return (
    toFrame({ tool_calls: [{ index: 0, id, type: 'function', function: call }] }) +
    toFrame({}, 'tool_calls') +
    DONE
  );
}

const DONE = 'data: [DONE]\n\n';

function toFrame(delta: object, finishReason: string | null = null): string {
  return `data: ${JSON.stringify({
    id: 'chatcmpl-0',
    object: 'chat.completion.chunk',
    created: 1_700_000_000,
    model: 'test',
    choices: [{ index: 0, delta, finish_reason: finishReason }],
  })}\n\n`;
}
