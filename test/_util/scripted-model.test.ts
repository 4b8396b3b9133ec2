import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';

import { type RecordedMessage } from './recorded-request.ts';
import { type ScriptedModel, startScriptedModel } from './scripted-model.ts';
import { toPieces } from './scripted-step.ts';

const hello: readonly RecordedMessage[] = [{ role: 'user', content: 'hello' }];

async function post(model: ScriptedModel, body: object = {}, signal?: AbortSignal): Promise<Response> {
  return fetch(`${model.baseUrl}/chat/completions`, {
    method: 'POST',
    headers: { authorization: 'Bearer key', 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'm', stream: true, messages: hello, ...body }),
    ...(signal === undefined ? {} : { signal }),
  });
}

/** The data lines of an answer, parsed where they are JSON. */
async function readFrames(response: Response): Promise<unknown[]> {
  const text = await response.text();
  const lines = text.split('\n\n').filter((line) => line !== '');
  return lines.map((line) => {
    const data = line.replace(/^data: /, '');
    return data.startsWith('{') ? (JSON.parse(data) as unknown) : data;
  });
}

/** What disposing says is wrong. */
async function disposalProblem(model: ScriptedModel): Promise<string> {
  try {
    await model[Symbol.asyncDispose]();
    return '';
  } catch (error) {
    return String(error);
  }
}

describe('answers', () => {
  test('text comes in as many chunks as asked, then finish, usage and [DONE]', async () => {
    await using model = await startScriptedModel();
    model.enqueue({ text: 'Hello', chunks: 2, usage: { inputTokens: 3, outputTokens: 4 } });
    const frames = await readFrames(await post(model, { stream_options: { include_usage: true } }));
    expect(frames).toMatchObject([
      { choices: [{ index: 0, delta: { role: 'assistant', content: 'Hel' }, finish_reason: null }] },
      { choices: [{ delta: { content: 'lo' } }] },
      { choices: [{ delta: {}, finish_reason: 'stop' }] },
      { choices: [], usage: { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 } },
      '[DONE]',
    ]);
  });

  test('usage is sent only to those who ask for it', async () => {
    await using model = await startScriptedModel({ steps: [{ text: 'Hello' }] });
    expect(JSON.stringify(await readFrames(await post(model)))).not.toContain('usage');
  });

  test('reasoning, text and tool calls come in this order', async () => {
    await using model = await startScriptedModel();
    model.enqueue({ reasoning: 'hm', text: 'wait', toolCalls: [{ name: 'f', arguments: { x: 1 } }] });
    const frames = await readFrames(await post(model));
    expect(frames).toMatchObject([
      { choices: [{ delta: { reasoning_content: 'hm' } }] },
      { choices: [{ delta: { content: 'wait' } }] },
      { choices: [{ delta: { tool_calls: [{ index: 0, id: 'call_0_0', function: { name: 'f' } }] } }] },
      { choices: [{ delta: { tool_calls: [{ index: 0, function: { arguments: '{"x"' } }] } }] },
      { choices: [{ delta: { tool_calls: [{ index: 0, function: { arguments: ':1}' } }] } }] },
      { choices: [{ finish_reason: 'tool_calls' }] },
      '[DONE]',
    ]);
  });

  test('raw lines and bytes go out as they are', async () => {
    await using model = await startScriptedModel();
    model.enqueue({ raw: ['{"a":1}', 'nonsense'] });
    model.enqueue({ bytes: [': comment\n', 'data: x'], contentType: 'text/plain' });
    expect(await (await post(model)).text()).toBe('data: {"a":1}\n\ndata: nonsense\n\n');
    const second = await post(model);
    expect([second.headers.get('content-type'), await second.text()]).toEqual([
      'text/plain',
      ': comment\ndata: x',
    ]);
  });

  test('a status is a plain answer', async () => {
    await using model = await startScriptedModel();
    model.enqueue({ status: 429, body: { error: 'slow' }, headers: { 'retry-after': '1' } });
    const response = await post(model);
    expect([response.status, response.headers.get('retry-after'), await response.json()]).toEqual([
      429,
      '1',
      { error: 'slow' },
    ]);
  });

  test('a step may be made of the request it answers', async () => {
    await using model = await startScriptedModel();
    model.enqueue({ respond: ({ body, index }) => ({ text: `${index}:${body.messages[0]?.content}` }) });
    expect(JSON.stringify(await readFrames(await post(model)))).toContain('0:hello');
  });

  test('steps answer requests in order of arrival', async () => {
    await using model = await startScriptedModel({ steps: [{ text: 'first' }] });
    model.enqueue({ text: 'second' });
    expect(await (await post(model)).text()).toContain('first');
    expect(await (await post(model)).text()).toContain('second');
  });

  test('echo repeats the last user message, for ever', async () => {
    await using model = await startScriptedModel({ echo: true });
    for (const content of ['one two  three', 'four']) {
      const frames = await readFrames(await post(model, { messages: [{ role: 'user', content }] }));
      const words = frames.map((frame) => deltaOf(frame)).filter((word) => word !== undefined);
      expect(words).toEqual(toPieces(content));
      expect(words.join('')).toBe(content);
    }
  });

  test('tokens gives as many tokens of one size, for ever', async () => {
    await using model = await startScriptedModel({ tokens: 5, tokenSize: 3 });
    for (const _ of [1, 2]) {
      const words = (await readFrames(await post(model))).map((frame) => deltaOf(frame));
      expect(words.filter((word) => word !== undefined)).toEqual(['xxx', 'xxx', 'xxx', 'xxx', 'xxx']);
    }
  });

  test.each(['', 'a', 'one', 'one two', ' one  two ', 'a\nb\n', '  ', '😀 😀'])(
    '%j cut in pieces is itself when put together',
    (text) => {
      expect(toPieces(text).join('')).toBe(text);
      for (const count of [1, 2, 3, 100]) expect(toPieces(text, count).join('')).toBe(text);
    },
  );
});

describe('pace', () => {
  test('a step stands still before a frame until it is released', async () => {
    await using model = await startScriptedModel();
    const step = model.enqueue({ text: 'Hello', chunks: 5, pauseBefore: 2 });
    const response = await post(model);
    await step.paused;
    const reader = response.body!.getReader();
    let text = '';
    while (!text.includes('"e"')) text += Buffer.from((await reader.read()).value!).toString();
    expect(text).not.toContain('"l"');
    step.release();
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      text += Buffer.from(part.value).toString();
    }
    expect(text).toContain('[DONE]');
    expect(await step.closed).toBe('finished');
  });

  test('a step released early does not stop', async () => {
    await using model = await startScriptedModel();
    const step = model.enqueue({ text: 'Hello', pauseBefore: 0 });
    step.release();
    expect(await (await post(model)).text()).toContain('[DONE]');
  });

  test('the end can be cut, torn, or never come', async () => {
    await using model = await startScriptedModel();
    model.enqueue({ text: 'Hello', end: 'cut' });
    model.enqueue({ text: 'Hello', end: 'reset' });
    const open = model.enqueue({ text: 'Hello', end: 'open' });
    const cut = await (await post(model)).text();
    expect(cut).toContain('Hello');
    expect(cut).not.toMatch(/stop|DONE/);
    await expect((await post(model)).text()).rejects.toThrow('terminated');
    expect(await model.requestClosed(1)).toBe('aborted');
    const abort = new AbortController();
    await post(model, {}, abort.signal);
    abort.abort();
    expect(await open.closed).toBe('aborted');
  });

  test('hang: body sends headers and no more; hang: headers not even them', async () => {
    await using model = await startScriptedModel({ steps: [{ hang: 'body' }, { hang: 'headers' }] });
    const abort = new AbortController();
    expect((await post(model, {}, abort.signal)).status).toBe(200);
    const hanging = post(model, {}, abort.signal);
    await model.requestStarted(1);
    abort.abort();
    await expect(hanging).rejects.toThrow('aborted');
    expect(await Promise.all([model.requestClosed(0), model.requestClosed(1)])).toEqual([
      'aborted',
      'aborted',
    ]);
  });

  test('disposing ends a step that was never released', async () => {
    const model = await startScriptedModel({ steps: [{ text: 'Hello', pauseBefore: 0 }] });
    const response = await post(model);
    await model[Symbol.asyncDispose]();
    await expect(response.text()).rejects.toThrow('terminated');
  });
});

describe('records', () => {
  test('requests with headers and body, awaited before they are made', async () => {
    await using model = await startScriptedModel({ echo: true });
    const started = model.requestStarted(1);
    const closed = model.requestClosed(1);
    await (await post(model)).text();
    await (await post(model, { messages: [{ role: 'user', content: 'second' }] })).text();
    expect(await started).toMatchObject({ index: 1, path: '/v1/chat/completions' });
    expect(await closed).toBe('finished');
    expect(model.requests).toHaveLength(2);
    expect(model.requests[0]?.headers.authorization).toBe('Bearer key');
    expect(model.requests[1]?.body.messages).toEqual([{ role: 'user', content: 'second' }]);
  });

  test('a step tells which request it answered', async () => {
    await using model = await startScriptedModel();
    const step = model.enqueue({ text: 'x' });
    await (await post(model)).text();
    expect((await step.request).index).toBe(0);
  });

  test('connections are counted', async () => {
    await using model = await startScriptedModel();
    const { port } = new URL(model.baseUrl);
    const socket = connect(Number(port), '127.0.0.1');
    await once(socket, 'connect');
    socket.destroy();
    await once(socket, 'close');
    await expect.poll(() => model.connectionCount).toBe(1);
  });
});

describe('complaints', () => {
  test('an unexpected call', async () => {
    const model = await startScriptedModel();
    expect((await post(model)).status).toBe(400);
    expect(await disposalProblem(model)).toContain('request 0 was not expected');
  });

  test('steps left over, unless allowed', async () => {
    const steps = [{ text: 'a' }, { text: 'b' }];
    expect(await disposalProblem(await startScriptedModel({ steps }))).toContain('2 step(s) left over');
    expect(await disposalProblem(await startScriptedModel({ steps, allowLeftOver: true }))).toBe('');
  });

  test('a respond that throws', async () => {
    const model = await startScriptedModel();
    model.enqueue({
      respond() {
        throw new Error('my mistake');
      },
    });
    expect((await post(model)).status).toBe(400);
    expect(await disposalProblem(model)).toContain('my mistake');
  });

  const call = (id: string, name = 'f') => ({ id, type: 'function', function: { name, arguments: '{}' } });
  const asks = (...ids: string[]) => ({
    role: 'assistant',
    content: null,
    tool_calls: ids.map((id) => call(id)),
  });
  const answer = (id: string) => ({ role: 'tool', tool_call_id: id, content: 'r' });

  test.each<[string, object]>([
    ['stream is not true', { stream: false }],
    ['model is missing', { model: '' }],
    ['messages are missing', { messages: [] }],
    ['empty list', { tools: [] }],
    ['no name for a tool', { tools: [{ type: 'function', function: { name: 'a b' } }] }],
    ['role developer', { messages: [{ role: 'developer', content: 'x' }] }],
    ['no content', { messages: [{ role: 'user', content: null }] }],
    ['empty list of tool calls', { messages: [{ role: 'assistant', content: 'x', tool_calls: [] }] }],
    ['calls "a b"', { messages: [{ role: 'assistant', content: null, tool_calls: [call('a', 'a b')] }] }],
    ['a have no result', { messages: [...hello, asks('a')] }],
    ['comes before the results of b', { messages: [asks('a', 'b'), answer('a'), ...hello] }],
    ['answers no open tool call', { messages: [...hello, answer('a')] }],
    ['answers no open tool call', { messages: [asks('a'), answer('a'), answer('a')] }],
    ['without an id of its own', { messages: [asks('a', 'a'), answer('a')] }],
  ])('a request that OpenAI refuses: %s', async (problem, body) => {
    const model = await startScriptedModel({ echo: true });
    expect((await post(model, body)).status).toBe(400);
    expect(await disposalProblem(model)).toContain(problem);
  });

  test('a body that is no JSON', async () => {
    const model = await startScriptedModel({ echo: true });
    const response = await fetch(`${model.baseUrl}/chat/completions`, { method: 'POST', body: '{' });
    expect(response.status).toBe(400);
    expect(await disposalProblem(model)).toContain('JSON');
  });

  test('a conversation with answered calls is in order', async () => {
    await using model = await startScriptedModel({ steps: [{ text: 'x' }] });
    const messages = [...hello, asks('a', 'b'), answer('b'), answer('a'), asks('a'), answer('a')];
    expect((await post(model, { messages })).status).toBe(200);
  });
});

/** The text of a frame's delta. */
function deltaOf(frame: unknown): string | undefined {
  if (typeof frame === 'string') return undefined;
  // Frames are those of the scripted model.
  return (frame as { choices: { delta?: { content?: string } }[] }).choices[0]?.delta?.content;
}
