import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

import { findConversationProblem } from './find-conversation-problem.ts';
import { type RecordedBody, type RecordedRequest } from './recorded-request.ts';
import { type ScriptedStatus, type ScriptedStep, toFrames, toPieces } from './scripted-step.ts';

/** A step of the queue, or a function that makes one of the request it answers. */
export type ScriptedTurn =
  ScriptedStep | { respond(request: RecordedRequest): ScriptedStep | Promise<ScriptedStep> };

/** A queued step, seen from the test. */
export interface StepHandle {
  /** The request that this step answers, once it is there. */
  readonly request: Promise<RecordedRequest>;
  /** Done when all frames before `pauseBefore` have been written and the step stands still. */
  readonly paused: Promise<void>;
  /** How the exchange ended: `finished` when the whole answer was sent, `aborted` when the connection closed before. */
  readonly closed: Promise<'finished' | 'aborted'>;
  /** Lets a step with `pauseBefore` go on; may be called before it is reached. */
  release(): void;
}

export interface ScriptedModelOptions {
  /** The first steps of the queue. */
  readonly steps?: readonly ScriptedTurn[];
  /** When the queue is empty: repeat the last user message, word by word, for ever. */
  readonly echo?: boolean;
  /** When the queue is empty: answers of so many tokens, each a frame of its own, as fast as they are read, for ever. */
  readonly tokens?: number;
  /** Characters of each token of `tokens`; default 4. */
  readonly tokenSize?: number;
  /** Pause between frames; default 0: none. */
  readonly intervalMs?: number;
  /** Steps may be left in the queue at the end. */
  readonly allowLeftOver?: boolean;
  /** Default 0: any free port. */
  readonly port?: number;
}

/** A server that speaks OpenAI's Chat Completions protocol and says what the test wrote. */
export interface ScriptedModel extends AsyncDisposable {
  /** For OPENAI_BASE_URL; ends in `/v1`. */
  readonly baseUrl: string;
  /** Every request so far, in order of arrival. */
  readonly requests: readonly RecordedRequest[];
  /** TCP connections accepted so far: fewer than requests where they are kept alive. */
  readonly connectionCount: number;
  /** Puts a step at the end of the queue. One step answers one request, in order of arrival. */
  enqueue(step: ScriptedTurn): StepHandle;
  /** The request with this index (from 0), as soon as it has arrived. */
  requestStarted(index: number): Promise<RecordedRequest>;
  /** How the exchange of the request with this index (from 0) ended, as soon as it has. */
  requestClosed(index: number): Promise<'finished' | 'aborted'>;
}

interface QueuedStep {
  readonly turn: ScriptedTurn;
  readonly request: PromiseWithResolvers<RecordedRequest>;
  readonly paused: PromiseWithResolvers<void>;
  readonly released: PromiseWithResolvers<void>;
  readonly closed: PromiseWithResolvers<'finished' | 'aborted'>;
}

interface Exchange {
  readonly started: PromiseWithResolvers<RecordedRequest>;
  readonly closed: PromiseWithResolvers<'finished' | 'aborted'>;
}

/**
 * A scripted model on a free port of loopback. Disposing closes its connections and throws an `Error` that lists what went
 * wrong: calls without a step, requests that OpenAI would refuse, steps left over (unless `allowLeftOver`).
 */
export async function startScriptedModel(options: ScriptedModelOptions = {}): Promise<ScriptedModel> {
  const model = new ScriptedModelServer(options);
  await model.listen(options.port ?? 0);
  return model;
}

class ScriptedModelServer implements ScriptedModel {
  readonly requests: RecordedRequest[] = [];
  connectionCount = 0;
  readonly #options: ScriptedModelOptions;
  readonly #queue: QueuedStep[] = [];
  readonly #exchanges: Exchange[] = [];
  readonly #problems: string[] = [];
  readonly #server = createServer((request, response) => void this.#serve(request, response));

  constructor(options: ScriptedModelOptions) {
    this.#options = options;
    this.#server.on('connection', () => (this.connectionCount += 1));
    for (const step of options.steps ?? []) this.enqueue(step);
  }

  get baseUrl(): string {
    // A listening TCP server's address is an object.
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`;
  }

  async listen(port: number): Promise<void> {
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  enqueue(turn: ScriptedTurn): StepHandle {
    const queued = createQueuedStep(turn);
    this.#queue.push(queued);
    return {
      request: queued.request.promise,
      paused: queued.paused.promise,
      closed: queued.closed.promise,
      release: queued.released.resolve,
    };
  }

  requestStarted(index: number): Promise<RecordedRequest> {
    return this.#exchange(index).started.promise;
  }

  requestClosed(index: number): Promise<'finished' | 'aborted'> {
    return this.#exchange(index).closed.promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
    const leftOver = this.#options.allowLeftOver === true ? 0 : this.#queue.length;
    if (leftOver > 0) this.#problems.push(`${leftOver} step(s) left over`);
    if (this.#problems.length > 0) throw new Error(`Scripted model: ${this.#problems.join('; ')}.`);
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const body = JSON.parse(await readText(incoming)) as RecordedBody; // judged by findConversationProblem below
      const request = this.#record(incoming, body);
      const step = this.#nextStep(request);
      watchClose(response, [this.#exchange(request.index).closed, step.closed]);
      step.request.resolve(request);
      await this.#answer(response, { request, step });
    } catch (error) {
      if (response.destroyed || response.closed) return;
      this.#refuse(response, error instanceof Error ? error.message : String(error));
    }
  }

  #record({ url, headers }: IncomingMessage, body: RecordedBody): RecordedRequest {
    const request = { index: this.requests.length, path: url ?? '', headers: { ...headers }, body };
    this.requests.push(request);
    this.#exchange(request.index).started.resolve(request);
    return request;
  }

  async #answer(
    response: ServerResponse,
    { request, step: queued }: { request: RecordedRequest; step: QueuedStep },
  ): Promise<void> {
    const problem = findConversationProblem(request);
    if (problem !== null) return this.#refuse(response, `request ${request.index}: ${problem}`);
    const step = 'respond' in queued.turn ? await queued.turn.respond(request) : queued.turn;
    if ('status' in step) return sendStatus(response, step);
    if ('hang' in step && step.hang === 'headers') return;
    const contentType = ('bytes' in step ? step.contentType : undefined) ?? 'text/event-stream';
    response.writeHead(200, { 'content-type': contentType, 'cache-control': 'no-cache' });
    response.flushHeaders();
    if ('hang' in step) return;
    const frames = toFrames(step, {
      requestIndex: request.index,
      withUsage: request.body.stream_options?.include_usage === true,
      model: request.body.model,
    });
    const sent = await this.#send(response, { frames, step: queued, pauseBefore: step.pauseBefore });
    if (!sent || step.end === 'open') return;
    if (step.end === 'reset') response.destroy();
    else response.end();
  }

  /** Writes the frames at the client's pace; `false` when the client left meanwhile. */
  async #send(
    response: ServerResponse,
    options: { frames: (string | Uint8Array)[]; step: QueuedStep; pauseBefore: number | undefined },
  ): Promise<boolean> {
    const { frames, step, pauseBefore } = options;
    const left = step.closed.promise;
    for (let index = 0; index <= frames.length; index += 1) {
      if (index === pauseBefore) {
        step.paused.resolve();
        await Promise.race([step.released.promise, left]);
      }
      if (response.destroyed) return false;
      const frame = frames[index];
      if (frame === undefined) continue;
      if (!response.write(frame)) await Promise.race([once(response, 'drain'), left]);
      if (this.#options.intervalMs !== undefined) await delay(this.#options.intervalMs);
    }
    return true;
  }

  #nextStep(request: RecordedRequest): QueuedStep {
    const queued = this.#queue.shift();
    if (queued !== undefined) return queued;
    const { echo, tokens, tokenSize } = this.#options;
    if (echo === true) return createQueuedStep(toEcho(request));
    if (tokens !== undefined)
      return createQueuedStep(toTokens(request, { tokens, tokenSize: tokenSize ?? 4 }));
    throw new Error(`request ${request.index} was not expected: the queue is empty`);
  }

  #refuse(response: ServerResponse, problem: string): void {
    this.#problems.push(problem);
    if (response.headersSent) response.destroy();
    else sendStatus(response, { status: 400, body: { error: { message: problem, type: 'scripted_model' } } });
  }

  #exchange(index: number): Exchange {
    return (this.#exchanges[index] ??= {
      started: Promise.withResolvers(),
      closed: Promise.withResolvers(),
    });
  }
}

function createQueuedStep(turn: ScriptedTurn): QueuedStep {
  return {
    turn,
    request: Promise.withResolvers(),
    paused: Promise.withResolvers(),
    released: Promise.withResolvers(),
    closed: Promise.withResolvers(),
  };
}

function watchClose(
  response: ServerResponse,
  waiting: readonly PromiseWithResolvers<'finished' | 'aborted'>[],
): void {
  response.once('close', () => {
    for (const { resolve } of waiting) resolve(response.writableFinished ? 'finished' : 'aborted');
  });
}

function sendStatus(response: ServerResponse, { status, body = '', headers = {} }: ScriptedStatus): void {
  const isText = typeof body === 'string';
  response.writeHead(status, { 'content-type': isText ? 'text/plain' : 'application/json', ...headers });
  response.end(isText ? body : JSON.stringify(body));
}

function toEcho({ body }: RecordedRequest): ScriptedStep {
  const text = body.messages.findLast(({ role }) => role === 'user')?.content ?? '';
  return { text, usage: { inputTokens: body.messages.length, outputTokens: toPieces(text).length } };
}

const tokenFrames = new Map<string, readonly Uint8Array[]>();

/** All answers of one shape share their frames: making them is no part of what a bench measures. */
function toTokens(request: RecordedRequest, options: { tokens: number; tokenSize: number }): ScriptedStep {
  const key = `${options.tokens}/${options.tokenSize}/${request.body.model}`;
  const frames = tokenFrames.get(key) ?? createTokenFrames(request, options);
  tokenFrames.set(key, frames);
  return { bytes: frames };
}

function createTokenFrames(
  request: RecordedRequest,
  { tokens, tokenSize }: { tokens: number; tokenSize: number },
): Uint8Array[] {
  const text = 'x'.repeat(tokens * tokenSize);
  const answer = { text, chunks: tokens, usage: { inputTokens: 1, outputTokens: tokens } };
  return toFrames(answer, { requestIndex: 0, withUsage: true, model: request.body.model }).map((frame) =>
    Buffer.from(frame),
  );
}

async function readText(incoming: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of incoming) parts.push(part as Buffer); // a request without encoding gives Buffers
  return Buffer.concat(parts).toString('utf8');
}
