import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo } from 'node:net';
import { describe, expect, test, vi } from 'vitest';

import { ModelError } from '../../src/errors.ts';
import { joinDeltas } from '../../src/run/join-deltas.ts';
import { type Model, type ModelEvent, type ModelRequest, type ModelTurn } from '../../src/run/model.ts';
import { createOpenAiModel, type OpenAiModelConfig } from '../../src/run/openai-model.ts';
import { type ScriptedModel, startScriptedModel } from '../_util/scripted-model.ts';
import { toSse } from '../_util/scripted-step.ts';

const request: ModelRequest = {
  model: 'test-model',
  instructions: 'Be kind.',
  messages: [{ role: 'user', content: 'hello' }],
  tools: [],
};

const KEY = 'sk-very-secret';

function clientOf(server: { baseUrl: string }, config: Partial<OpenAiModelConfig> = {}): Model {
  return createOpenAiModel({ apiKey: KEY, baseUrl: server.baseUrl, ...config });
}

function open(model: Model, signal: AbortSignal = new AbortController().signal): AsyncIterator<ModelEvent> {
  return model.stream(request, signal)[Symbol.asyncIterator]();
}

async function collect(model: Model, signal?: AbortSignal): Promise<ModelEvent[]> {
  return drain(model.stream(request, signal ?? new AbortController().signal));
}

async function drain(stream: AsyncIterable<ModelEvent>): Promise<ModelEvent[]> {
  const events: ModelEvent[] = [];
  for await (const event of stream) events.push(event);
  return events;
}

async function readTurn(model: Model): Promise<ModelTurn> {
  const last = (await collect(model)).at(-1);
  if (last?.type !== 'turn') throw new Error('no turn at the end');
  return last.turn;
}

/** The ModelError that a stream ends in, and what it had shown until then. */
async function readFailure(model: Model): Promise<{ error: ModelError; events: ModelEvent[] }> {
  const events: ModelEvent[] = [];
  try {
    for await (const event of model.stream(request, new AbortController().signal)) events.push(event);
  } catch (error) {
    if (error instanceof ModelError) return { error, events };
    throw error;
  }
  throw new Error(`no failure: ${JSON.stringify(events)}`);
}

/** Reads until the deltas together are `text`: frames that came together are one. */
async function readText(events: AsyncIterator<ModelEvent>, text: string): Promise<void> {
  for (let said = ''; said !== text;) {
    const { done, value } = await events.next();
    if (done === true || value.type !== 'text') throw new Error(`The model said ${said}.`);
    said += value.delta;
  }
}

/** A frame with one choice. */
function frame(delta: object, finishReason: string | null = null): string {
  return JSON.stringify({ choices: [{ index: 0, delta, finish_reason: finishReason }] });
}

/** When `fetch` has read some answer to its end: this process's next one. */
function nextBodyEnd(): Promise<void> {
  return new Promise((resolve) => {
    const onEnd = (): void => {
      unsubscribe('undici:request:trailers', onEnd);
      resolve();
    };
    subscribe('undici:request:trailers', onEnd);
  });
}

/** A plain HTTP server, where the protocol itself is broken. */
async function startServer(listener: RequestListener): Promise<AsyncDisposable & { baseUrl: string }> {
  const server = createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    // A listening TCP server's address is an object.
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

describe('a turn', () => {
  test('streams text, then gives the turn with usage and finish reason', async () => {
    await using server = await startScriptedModel();
    server.enqueue({ text: 'Hello you', usage: { inputTokens: 7, outputTokens: 2 } });
    expect([...joinDeltas(await collect(clientOf(server)))]).toEqual([
      { type: 'text', delta: 'Hello you' },
      {
        type: 'turn',
        turn: {
          text: 'Hello you',
          toolCalls: [],
          usage: { inputTokens: 7, outputTokens: 2 },
          finishReason: 'stop',
          responseId: 'chatcmpl-0',
          responseModel: 'test-model',
        },
      },
    ]);
  });

  test('with reasoning, text and parallel tool calls', async () => {
    await using server = await startScriptedModel();
    server.enqueue({
      reasoning: 'hm',
      text: 'wait',
      toolCalls: [
        { name: 'f', arguments: { x: 1 }, id: 'a' },
        { name: 'g', arguments: '', id: 'b' },
      ],
    });
    const events = await collect(clientOf(server));
    expect(events.slice(0, 2)).toEqual([
      { type: 'reasoning', delta: 'hm' },
      { type: 'text', delta: 'wait' },
    ]);
    expect(events[2]).toMatchObject({
      turn: {
        finishReason: 'tool_calls',
        toolCalls: [
          { callId: 'a', name: 'f', arguments: '{"x":1}' },
          { callId: 'b', name: 'g', arguments: '{}' },
        ],
      },
    });
    expect(events).toHaveLength(3);
  });

  test('arrives delta by delta while the model is still writing', async () => {
    await using server = await startScriptedModel();
    const step = server.enqueue({ text: 'one two', pauseBefore: 1 });
    const events = open(clientOf(server));
    expect(await events.next()).toMatchObject({ value: { delta: 'one ' } });
    await step.paused;
    step.release();
    expect(await events.next()).toMatchObject({ value: { delta: 'two' } });
    expect(await events.next()).toMatchObject({ value: { type: 'turn' } });
    expect(await events.next()).toEqual({ done: true, value: undefined });
  });

  test('is asked for in the protocol’s words', async () => {
    await using server = await startScriptedModel({ echo: true });
    await collect(clientOf(server));
    expect(server.requests[0]).toMatchObject({
      path: '/v1/chat/completions',
      body: {
        model: 'test-model',
        stream: true,
        stream_options: { include_usage: true },
        messages: [
          { role: 'system', content: 'Be kind.' },
          { role: 'user', content: 'hello' },
        ],
      },
    });
    expect(server.requests[0]?.headers.authorization).toBe(`Bearer ${KEY}`);
  });

  test('without a key sends no Authorization header', async () => {
    await using server = await startScriptedModel({ echo: true });
    for (const apiKey of [null, '']) await collect(clientOf(server, { apiKey }));
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([undefined, undefined]);
  });

  test('sends nothing before it is read, and one request however often it is iterated', async () => {
    await using server = await startScriptedModel({ echo: true });
    const stream = clientOf(server).stream(request, new AbortController().signal);
    expect(server.requests).toHaveLength(0);
    expect(await drain(stream)).toHaveLength(2);
    expect(await drain(stream)).toHaveLength(0);
    expect(server.requests).toHaveLength(1);
  });

  test('answers of different runs do not mix', async () => {
    await using server = await startScriptedModel({
      steps: Array.from({ length: 20 }, (_, index) => ({ text: `answer ${index} ends` })),
    });
    const model = clientOf(server);
    const turns = await Promise.all(Array.from({ length: 20 }, () => readTurn(model)));
    const texts = Array.from({ length: 20 }, (_, index) => `answer ${index} ends`);
    expect(turns.map(({ text }) => text).toSorted()).toEqual(texts.toSorted());
  });

  test('that ended after [DONE] leaves its connection to later ones, also when the body ends later', async () => {
    await using server = await startScriptedModel();
    const model = clientOf(server);
    for (let count = 0; count < 6; count += 1) {
      const step = server.enqueue({ raw: [frame({ content: 'a' }, 'stop'), '[DONE]'], pauseBefore: 2 });
      expect((await readTurn(model)).text).toBe('a');
      const ended = nextBodyEnd();
      step.release();
      await ended;
    }
    expect(server.connectionCount).toBeLessThan(6);
  });
});

describe('the end of a stream', () => {
  test.each<[string, string[]]>([
    ['finish reason and [DONE]', [frame({ content: 'x' }), frame({}, 'stop'), '[DONE]']],
    ['finish reason without [DONE]', [frame({ content: 'x' }), frame({}, 'end_turn')]],
    ['[DONE] without finish reason', [frame({ content: 'x' }), '[DONE]']],
  ])('is complete: %s', async (_, raw) => {
    await using server = await startScriptedModel({ steps: [{ raw }] });
    expect((await readTurn(clientOf(server))).text).toBe('x');
  });

  test.each<[string, string[]]>([
    ['whole', [toSse(frame({ content: 'x' })) + toSse('[DONE]')]],
    ['without a space', [toSse(frame({ content: 'x' })), 'data:[DONE]\n\n']],
    ['without the empty line', [toSse(frame({ content: 'x' })), 'data: [DONE]\n']],
    ['without any line end', [toSse(frame({ content: 'x' })), 'data: [DONE]']],
    ['with CR LF', [toSse(frame({ content: 'x' })), 'data: [DONE]\r\n\r\n']],
    ['in pieces, the last without line end', [toSse(frame({ content: 'x' })), 'dat', 'a: [DO', 'NE]']],
    ['followed by rubbish', [toSse(frame({ content: 'x' })), 'data: [DONE]\n\ndata: {nonsense\n\n']],
  ])('[DONE] is seen: %s', async (_, bytes) => {
    // A pause between the pieces makes each a network packet of its own.
    await using server = await startScriptedModel({ steps: [{ bytes }], intervalMs: 10 });
    expect(await readTurn(clientOf(server))).toMatchObject({ text: 'x', finishReason: 'unknown' });
  });

  test.each<[string, string[]]>([
    ['text', [frame({ content: 'x' })]],
    ['text that talks of the ending', [frame({ content: '\ndata: [DONE]' })]],
    [
      'a tool call',
      [frame({ tool_calls: [{ index: 0, id: 'a', function: { name: 'f', arguments: '{}' } }] })],
    ],
  ])('without finish reason and [DONE] is a failure: %s', async (_, raw) => {
    await using server = await startScriptedModel({ steps: [{ raw }] });
    const { error } = await readFailure(clientOf(server));
    expect(error.message).toBe('The model endpoint ended its answer before it was complete.');
  });

  test.each<[string, string[]]>([
    ['nothing at all', []],
    ['[DONE] alone', ['[DONE]']],
    ['frames that say nothing', ['{}', 'null', '{"choices":[]}', '[DONE]']],
  ])('before anything was said is a failure: %s', async (_, raw) => {
    await using server = await startScriptedModel({ steps: [{ raw }] });
    const { error } = await readFailure(clientOf(server));
    expect(error.message).toBe('The model endpoint did not answer with a stream of events.');
  });

  test('after [DONE] is not waited for', async () => {
    await using server = await startScriptedModel();
    const step = server.enqueue({ text: 'x', end: 'open' });
    expect((await readTurn(clientOf(server))).text).toBe('x');
    expect(await step.closed).toBe('aborted');
  });

  test('after a finish reason is not waited for longer than the idle timeout', async () => {
    await using server = await startScriptedModel();
    const step = server.enqueue({ raw: [frame({ content: 'x' }, 'stop')], end: 'open' });
    expect(await readTurn(clientOf(server, { idleTimeoutMs: 50 }))).toMatchObject({
      text: 'x',
      finishReason: 'stop',
    });
    expect(await step.closed).toBe('aborted');
  });

  test('torn after the finish reason takes nothing away', async () => {
    await using server = await startScriptedModel();
    const raw = [frame({ content: 'x' }, 'stop'), frame({ content: 'y' })];
    const step = server.enqueue({ raw, pauseBefore: 2, end: 'reset' });
    const events = open(clientOf(server));
    await readText(events, 'xy');
    step.release();
    expect(await events.next()).toMatchObject({
      value: { turn: { text: 'xy', finishReason: 'stop', usage: null } },
    });
  });

  test('torn before is a failure', async () => {
    await using server = await startScriptedModel({ steps: [{ text: 'x', end: 'reset' }] });
    const { error } = await readFailure(clientOf(server));
    expect(error.message).toBe(
      'The connection to the model endpoint was lost before the answer was complete.',
    );
  });
});

describe('silence', () => {
  test('before the headers', async () => {
    await using server = await startScriptedModel({ steps: [{ hang: 'headers' }] });
    const { error } = await readFailure(clientOf(server, { firstByteTimeoutMs: 50 }));
    expect(error.message).toBe('The model endpoint did not begin to answer in time.');
    expect(await server.requestClosed(0)).toBe('aborted');
  });

  test('after the headers', async () => {
    await using server = await startScriptedModel({ steps: [{ hang: 'body' }] });
    const { error } = await readFailure(clientOf(server, { firstByteTimeoutMs: 50 }));
    expect(error.message).toBe('The model endpoint did not begin to answer in time.');
    expect(await server.requestClosed(0)).toBe('aborted');
  });

  test('in the middle, after what was said has been shown', async () => {
    await using server = await startScriptedModel();
    const step = server.enqueue({ text: 'one two', pauseBefore: 1 });
    const { error, events } = await readFailure(clientOf(server, { idleTimeoutMs: 50 }));
    expect(events).toEqual([{ type: 'text', delta: 'one ' }]);
    expect(error.message).toBe('The model endpoint fell silent in the middle of its answer.');
    expect(await step.closed).toBe('aborted');
  });

  test.each([
    ['comments', ': keep-alive\n\n'],
    ['empty chunks', toSse(frame({ content: '' }))],
    ['usage chunks', toSse('{"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":1}}')],
  ])('full of %s is silence all the same', async (_, noise) => {
    await using server = await startServer((_incoming, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(toSse(frame({ content: 'x' })));
      const timer = setInterval(() => response.write(noise), 5);
      response.on('close', () => clearInterval(timer));
    });
    const { error } = await readFailure(clientOf(server, { idleTimeoutMs: 100 }));
    expect(error.message).toBe('The model endpoint fell silent in the middle of its answer.');
  });

  test('of the consumer is not the model’s', async () => {
    await using server = await startScriptedModel();
    const step = server.enqueue({ text: 'one two three', pauseBefore: 1 });
    const events = open(clientOf(server, { idleTimeoutMs: 300 }));
    await events.next();
    await step.paused;
    // Longer than the timeout with the event in hand: what counts is that nothing has been awaited meanwhile.
    await new Promise((resolve) => setTimeout(resolve, 700));
    step.release();
    expect(await events.next()).toMatchObject({ value: { delta: expect.stringMatching(/^two /) } });
    await events.return?.();
  });
});

describe('leaving', () => {
  test.each<[string, 'headers' | 'body']>([
    ['before the headers', 'headers'],
    ['before the first word', 'body'],
  ])('an abort %s closes the connection and throws the signal’s reason', async (_, hang) => {
    await using server = await startScriptedModel({ steps: [{ hang }] });
    const abort = new AbortController();
    const reason = new Error('cancelled by the caller');
    void server.requestStarted(0).then(() => abort.abort(reason));
    await expect(collect(clientOf(server), abort.signal)).rejects.toBe(reason);
    expect(await server.requestClosed(0)).toBe('aborted');
  });

  test('an abort in the middle', async () => {
    await using server = await startScriptedModel();
    const step = server.enqueue({ text: 'one two', pauseBefore: 1 });
    const abort = new AbortController();
    const events = open(clientOf(server), abort.signal);
    await events.next();
    const pending = events.next();
    abort.abort('any reason');
    await expect(pending).rejects.toBe('any reason');
    expect(await step.closed).toBe('aborted');
  });

  test('an abort while the consumer holds an event closes the connection at once', async () => {
    await using server = await startScriptedModel();
    const step = server.enqueue({ text: 'one two', pauseBefore: 1 });
    const abort = new AbortController();
    const events = open(clientOf(server), abort.signal);
    await events.next();
    abort.abort();
    expect(await step.closed).toBe('aborted');
    await expect(events.next()).rejects.toBe(abort.signal.reason);
    expect(await events.next()).toEqual({ done: true, value: undefined });
  });

  test('an abort after the last event changes nothing', async () => {
    await using server = await startScriptedModel({ echo: true });
    const abort = new AbortController();
    const events = await collect(clientOf(server), abort.signal);
    abort.abort();
    expect(events.at(-1)).toMatchObject({ type: 'turn' });
  });

  test('a signal that is aborted already sends nothing', async () => {
    await using server = await startScriptedModel();
    const signal = AbortSignal.abort();
    await expect(collect(clientOf(server), signal)).rejects.toBe(signal.reason);
    expect(server.requests).toHaveLength(0);
  });

  test('breaking out of the loop closes the connection', async () => {
    await using server = await startScriptedModel();
    const step = server.enqueue({ text: 'one two', pauseBefore: 1 });
    for await (const event of clientOf(server).stream(request, new AbortController().signal)) {
      expect(event).toMatchObject({ delta: 'one ' });
      break;
    }
    expect(await step.closed).toBe('aborted');
  });

  test.each<'headers' | 'body'>(['headers', 'body'])(
    'return() during a next() that hangs in the %s ends both, without a turn',
    async (hang) => {
      await using server = await startScriptedModel({ steps: [{ hang }] });
      const events = open(clientOf(server));
      const pending = events.next();
      await server.requestStarted(0);
      expect(await events.return?.()).toEqual({ done: true, value: undefined });
      expect(await pending).toEqual({ done: true, value: undefined });
      expect(await server.requestClosed(0)).toBe('aborted');
    },
  );

  test('return() in the middle of a text gives no turn', async () => {
    await using server = await startScriptedModel();
    server.enqueue({ text: 'one two', pauseBefore: 1 });
    const events = open(clientOf(server));
    await events.next();
    const pending = events.next();
    await events.return?.();
    expect(await pending).toEqual({ done: true, value: undefined });
  });

  test('return() before the first next() sends nothing', async () => {
    await using server = await startScriptedModel();
    const events = open(clientOf(server));
    expect(await events.return?.()).toEqual({ done: true, value: undefined });
    expect(await events.next()).toEqual({ done: true, value: undefined });
  });

  test('no listener stays on the caller’s signal', async () => {
    await using server = await startScriptedModel({ echo: true });
    const { signal } = new AbortController();
    let balance = 0;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    Object.assign(signal, {
      addEventListener: (...args: Parameters<typeof add>) => [(balance += 1), add(...args)],
      removeEventListener: (...args: Parameters<typeof remove>) => [(balance -= 1), remove(...args)],
    });
    await collect(clientOf(server), signal);
    expect(balance).toBe(0);
  });
});

describe('failures over HTTP', () => {
  const vendor = { error: { message: `vendor text about ${KEY}`, type: 't', code: 'c' } };

  test.each<[number, string]>([
    [304, 'The model endpoint did not accept the request (HTTP 304).'],
    [400, 'The model endpoint did not accept the request (HTTP 400).'],
    [401, 'The model endpoint refused the API key (HTTP 401).'],
    [402, "The model endpoint's quota is used up (HTTP 402)."],
    [403, 'The model endpoint does not allow this API key to use the model (HTTP 403).'],
    [
      404,
      'The model endpoint does not know the model, or does not serve Chat Completions at this address (HTTP 404).',
    ],
    [408, 'The model endpoint gave up waiting for the request (HTTP 408).'],
    [409, 'The model endpoint did not accept the request (HTTP 409).'],
    [413, 'The conversation is larger than the model endpoint takes (HTTP 413).'],
    [418, 'The model endpoint did not accept the request (HTTP 418).'],
    [422, 'The model endpoint did not accept the request (HTTP 422).'],
    [429, 'The model endpoint is asked too often just now (HTTP 429).'],
    [500, 'The model endpoint failed (HTTP 500).'],
    [503, 'The model endpoint is overloaded or down (HTTP 503).'],
    [529, 'The model endpoint is overloaded or down (HTTP 529).'],
    [999, 'The model endpoint failed (HTTP 999).'],
  ])('%i', async (status, sentence) => {
    await using server = await startScriptedModel({ steps: [{ status, body: vendor }] });
    const { error } = await readFailure(clientOf(server));
    expect(error.message).toBe(sentence);
    // A 304 has no body.
    if (status !== 304) expect(String((error.cause as Error).message)).toContain('vendor text');
    expect(server.requests).toHaveLength(1);
  });

  test.each<[string, number, string]>([
    ['context_length_exceeded', 400, 'The conversation is longer than the model can take (HTTP 400).'],
    [
      'model_not_found',
      404,
      'The model endpoint does not know the model that the agent asks for (HTTP 404).',
    ],
    ['insufficient_quota', 429, "The model endpoint's quota is used up (HTTP 429)."],
  ])('the code %s', async (code, status, sentence) => {
    await using server = await startScriptedModel({
      steps: [{ status, body: { error: { message: 'x', code } } }],
    });
    expect((await readFailure(clientOf(server))).error.message).toBe(sentence);
  });

  test.each<[string, string | object, string]>([
    ['a web page', '<html>vendor text</html>', 'text/html; charset=utf-8'],
    ['JSON that is none', '{vendor text', 'application/json'],
    ['nothing', '', 'text/plain'],
    ['JSON of another shape', ['vendor text'], 'application/json'],
  ])('a status with %s for a body', async (_, body, type) => {
    await using server = await startScriptedModel({
      steps: [{ status: 502, body, headers: { 'content-type': type } }],
    });
    const { error } = await readFailure(clientOf(server));
    expect(error.message).toBe('The model endpoint failed (HTTP 502).');
  });

  test.each<[string, string, string]>([
    [
      'a web page',
      'text/html',
      'The model endpoint answered with a web page: OPENAI_BASE_URL may name a site and not its API (…/v1).',
    ],
    ['a JSON document', 'application/json', 'The model endpoint did not answer with a stream of events.'],
    ['plain text', 'text/plain', 'The model endpoint did not answer with a stream of events.'],
  ])('a success that is %s', async (_, type, sentence) => {
    await using server = await startScriptedModel();
    server.enqueue({ status: 200, body: '{"vendor":"text"}', headers: { 'content-type': type } });
    const { error } = await readFailure(clientOf(server));
    expect(error.message).toBe(sentence);
    expect((error.cause as Error).message).toBe('{"vendor":"text"}');
  });

  test('a stream under a wrong content type is read', async () => {
    await using server = await startScriptedModel();
    server.enqueue({ bytes: [toSse(frame({ content: 'x' }, 'stop'))], contentType: 'application/json' });
    expect((await readTurn(clientOf(server))).text).toBe('x');
  });

  test('a success without a body', async () => {
    await using server = await startScriptedModel({ steps: [{ status: 204 }] });
    const { error } = await readFailure(clientOf(server));
    expect(error.message).toBe('The model endpoint did not answer with a stream of events.');
  });

  test.each(['http://127.0.0.1:1/v1', 'http://no-such-host.invalid/v1'])(
    'nobody there: %s',
    async (baseUrl) => {
      const { error } = await readFailure(clientOf({ baseUrl }));
      expect(error.message).toBe('The model endpoint could not be reached.');
    },
  );

  test('a connection torn before the headers', async () => {
    await using server = await startServer((incoming) => incoming.socket.destroy());
    const { error } = await readFailure(clientOf(server));
    expect(error.message).toBe('The model endpoint could not be reached.');
  });

  test.each([
    ['falls silent', false],
    ['breaks off', true],
  ])('an error document that %s', async (_, breaksOff) => {
    await using server = await startServer((_incoming, response) => {
      response.writeHead(500, { 'content-type': 'text/plain' });
      response.write('half an error', () => breaksOff && response.destroy());
    });
    const { error } = await readFailure(clientOf(server));
    expect(error.message).toBe('The model endpoint failed (HTTP 500).');
  });

  test('an error document without end is cut', async () => {
    let megabytes = 0;
    await using server = await startServer((_, response) => {
      response.writeHead(500, { 'content-type': 'text/plain' });
      const pour = (): void => {
        do megabytes += 1;
        while (response.write('x'.repeat(1024 * 1024)));
      };
      response.on('drain', pour);
      pour();
    });
    const { error } = await readFailure(clientOf(server));
    expect(error.message).toBe('The model endpoint failed (HTTP 500).');
    expect(megabytes).toBeLessThan(32);
  });
});

describe('failures in the stream', () => {
  const before = frame({ content: 'x' });

  test.each<[string, string, string]>([
    ['an error object', '{"error":{"message":"vendor text","code":500}}', 'reported an error'],
    ['an error that is a text', '{"error":"vendor text"}', 'reported an error'],
    [
      'an error beside choices',
      JSON.stringify({ error: { message: 'vendor text' }, choices: [] }),
      'reported an error',
    ],
    ['a chunk that is an error', '{"object":"error","message":"vendor text"}', 'reported an error'],
    ['a finish reason of error', frame({}, 'error'), 'reported an error'],
    ['half a JSON', '{"choices":[{"delta":{"content":"vendor te', 'not JSON'],
    ['XML', '<tool_call>vendor text</tool_call>', 'not JSON'],
    [
      'a list that is too deep',
      `{"choices":[{"delta":{"tool_calls":[{"function":{"arguments":${'['.repeat(100_000)}${']'.repeat(100_000)}}}]}}]}`,
      'could not be read',
    ],
  ])('%s', async (_, bad, sentence) => {
    await using server = await startScriptedModel({ steps: [{ raw: [before, bad, '[DONE]'] }] });
    const { error, events } = await readFailure(clientOf(server));
    expect(events).toEqual([{ type: 'text', delta: 'x' }]);
    expect(error.message).toContain(sentence);
    expect(error.message).not.toContain('vendor');
    expect(error.cause).toBeInstanceOf(Error);
  });

  test('an event named error', async () => {
    await using server = await startScriptedModel({
      steps: [{ bytes: ['event: error\ndata: {"message":"x"}\n\n'] }],
    });
    expect((await readFailure(clientOf(server))).error.message).toContain('reported an error');
  });

  test('an event named error takes nothing of what came before it in the same piece', async () => {
    const bytes = [
      `${toSse(before)}event: error\ndata: {"message":"x"}\n\n${toSse(frame({ content: 'y' }))}`,
    ];
    await using server = await startScriptedModel({ steps: [{ bytes }] });
    const { error, events } = await readFailure(clientOf(server));
    expect(events).toEqual([{ type: 'text', delta: 'x' }]);
    expect(error.message).toContain('reported an error');
  });

  test('a frame that fails aborts an answer that goes on', async () => {
    const closed = Promise.withResolvers<number>();
    let written = 0;
    await using server = await startServer((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: nonsense\n\n');
      const timer = setInterval(() => {
        written += 1;
        response.write(toSse(before));
      }, 10);
      response.on('close', () => {
        clearInterval(timer);
        closed.resolve(written);
      });
    });
    await readFailure(clientOf(server));
    // A body that is read on for a second would have taken a hundred.
    expect(await closed.promise).toBeLessThan(50);
  });

  test('lines that are no events are not read to their end', async () => {
    await using server = await startScriptedModel({ steps: [{ bytes: ['x\n'.repeat(2_000_000)] }] });
    const { error } = await readFailure(clientOf(server));
    expect(error.message).toBe('The model endpoint did not answer with a stream of events.');
  });

  test('a body that is not what its encoding says', async () => {
    await using server = await startServer((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'content-encoding': 'gzip' });
      response.end('this is not gzip');
    });
    expect((await readFailure(clientOf(server))).error).toBeInstanceOf(ModelError);
  });

  test('a line without end stops at 32 MB', async () => {
    let sent = 0;
    await using server = await startServer((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: ');
      const pour = (): void => {
        while (sent < 256 && response.write('x'.repeat(1024 * 1024))) sent += 1;
        sent += 1;
      };
      response.on('drain', pour);
      pour();
    });
    const { error } = await readFailure(clientOf(server));
    expect(error.message).toBe('The model endpoint sent a single event that is too large.');
    expect(sent).toBeLessThan(64);
  });

  test('many events that are large together are no single large one', async () => {
    const padding = JSON.stringify({ choices: [], padding: 'x'.repeat(1024 * 1024) });
    const raw = [...Array.from({ length: 40 }, () => padding), frame({ content: 'x' }, 'stop')];
    await using server = await startScriptedModel({ steps: [{ raw }] });
    expect((await readTurn(clientOf(server))).text).toBe('x');
  });

  test('a failure of one turn leaves the next alone', async () => {
    await using server = await startScriptedModel({ steps: [{ text: 'a', end: 'reset' }, { text: 'b' }] });
    const model = clientOf(server);
    await readFailure(model);
    expect((await readTurn(model)).text).toBe('b');
  });
});

describe('backpressure', () => {
  test('a model that writes faster than its reader reads has to wait', async () => {
    const total = 512; // of 256 kB each: far more than sockets and buffers hold
    let written = 0;
    const state = Promise.withResolvers<'blocked' | 'finished'>();
    await using server = await startServer((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const piece = toSse(frame({ content: 'x'.repeat(256 * 1024) }));
      let timer: NodeJS.Timeout | undefined;
      const pour = (): void => {
        clearTimeout(timer);
        while (written < total) {
          written += 1;
          if (!response.write(piece)) break;
        }
        // Who is not drained for half a second waits for a reader; reading all of it would end at `total` instead.
        timer = setTimeout(() => state.resolve(written < total ? 'blocked' : 'finished'), 500);
      };
      response.on('drain', pour);
      response.on('close', () => clearTimeout(timer));
      pour();
    });
    const events = open(clientOf(server));
    await events.next();
    expect(await state.promise).toBe('blocked');
    expect(written).toBeLessThan(total / 4);
    await events.return?.();
  });
});

describe('settings', () => {
  test.each(['with space', 'line\nend', 'schlüssel', 'nul\0'])(
    'a key that no header can carry: %j',
    (apiKey) => {
      const create = () => createOpenAiModel({ apiKey, baseUrl: 'http://127.0.0.1:1/v1' });
      expect(create).toThrow(
        new TypeError('OPENAI_API_KEY must be printable ASCII characters without spaces.'),
      );
    },
  );

  test('a base URL with a slash at its end', async () => {
    await using server = await startScriptedModel({ echo: true });
    expect((await readTurn(clientOf({ baseUrl: `${server.baseUrl}/` }))).text).toBe('hello');
  });

  test('a password in the base URL stays out of the sentence', async () => {
    const { error } = await readFailure(clientOf({ baseUrl: 'http://user:hidden@127.0.0.1:1/v1' }));
    expect(error.message).toBe('The model endpoint could not be reached.');
  });

  test('nothing is printed, whatever happens', async () => {
    await using server = await startScriptedModel({
      steps: [{ text: 'a' }, { raw: ['no JSON'] }, { status: 500 }],
    });
    const methods = ['debug', 'info', 'log', 'warn', 'error'] as const;
    const spies = methods.map((method) => vi.spyOn(console, method));
    const model = clientOf(server);
    await readTurn(model);
    await readFailure(model);
    await readFailure(model);
    const printed = spies.flatMap((spy) => spy.mock.calls);
    for (const spy of spies) spy.mockRestore();
    expect(printed).toEqual([]);
  });

  test('the environment has no say', async () => {
    await using server = await startScriptedModel({ echo: true });
    const before = { ...process.env };
    Object.assign(process.env, {
      OPENAI_API_KEY: 'other',
      OPENAI_BASE_URL: 'http://127.0.0.1:1',
      OPENAI_ORG_ID: 'org',
      OPENAI_PROJECT_ID: 'project',
      OPENAI_LOG: 'debug',
    });
    try {
      await collect(clientOf(server));
    } finally {
      process.env = before;
    }
    const { headers } = (server satisfies ScriptedModel).requests[0]!;
    expect(headers.authorization).toBe(`Bearer ${KEY}`);
    expect(Object.keys(headers).filter((name) => /organization|project/.test(name))).toEqual([]);
  });
});
