import { once } from 'node:events';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { describe, expect, it } from 'vitest';

import { ModelError } from '../../src/errors.ts';
import { startOfflineModel } from '../../src/offline/offline-model.ts';
import { type ModelEvent, type ModelMessage, type ModelTool, type ModelTurn } from '../../src/run/model.ts';
import { createOpenAiModel } from '../../src/run/openai-model.ts';

async function startOffline(wordMs = 0) {
  const offline = await startOfflineModel({ wordMs });
  const model = createOpenAiModel(offline);
  const stream = (messages: readonly ModelMessage[], tools: readonly ModelTool[] = []) =>
    model.stream(
      { model: 'offline model', instructions: 'Be kind.', messages, tools },
      new AbortController().signal,
    );
  return { ...offline, stream, [Symbol.asyncDispose]: () => offline.stop() };
}

async function collect(events: AsyncIterable<ModelEvent>): Promise<{ deltas: string[]; turn: ModelTurn }> {
  const deltas: string[] = [];
  for await (const event of events) {
    if (event.type === 'turn') return { deltas, turn: event.turn };
    deltas.push(event.delta);
  }
  throw new Error('no turn at the end');
}

const user = (content: string): ModelMessage => ({ role: 'user', content });
const tool = (name: string): ModelTool => ({ name, description: name, parameters: { type: 'object' } });

describe('the offline model, asked by the client of every model', () => {
  it('streams an answer word by word, with usage', async () => {
    await using offline = await startOffline(10);
    const { deltas, turn } = await collect(offline.stream([user('Explain 😀 to me')]));
    expect(turn.text).toContain('offline model');
    expect(turn.text).toBe(deltas.join(''));
    expect(turn.finishReason).toBe('stop');
    expect(deltas.length).toBeGreaterThan(1);
    expect(deltas.slice(0, -1).filter((delta) => !/\s$/.test(delta))).toEqual([]);
    expect(turn.usage?.inputTokens).toBeGreaterThan(10);
    expect(turn.usage?.outputTokens).toBe(Math.ceil(turn.text.length / 4));
  });

  it('answers the same request the same way', async () => {
    await using offline = await startOffline();
    await using other = await startOffline();
    const texts = await Promise.all(
      [offline, offline, other].map(({ stream }) => collect(stream([user('Explain owls')]))),
    );
    expect(new Set(texts.map(({ turn }) => turn.text)).size).toBe(1);
  });

  it('calls a tool on offer, then tells its result', async () => {
    await using offline = await startOffline();
    const tools = [tool('web_search')];
    const question = user('Search the web for owls');
    const { turn } = await collect(offline.stream([question], tools));
    expect(turn.finishReason).toBe('tool_calls');
    expect(turn.toolCalls).toMatchObject([{ name: 'web_search', arguments: '{"query":"owls"}' }]);
    const callId = turn.toolCalls[0]?.callId ?? '';
    const called: ModelMessage = { role: 'assistant', content: '', toolCalls: turn.toolCalls };
    const result: ModelMessage = { role: 'tool', callId, content: '{"query":"owls","results":[]}' };
    const final = await collect(offline.stream([question, called, result], tools));
    expect(final.turn.text).toContain('web_search found nothing for “owls”.');
  });

  it('says something to an empty message and to a very long one', async () => {
    await using offline = await startOffline();
    for (const content of ['', 'owl '.repeat(100_000)]) {
      expect((await collect(offline.stream([user(content)]))).turn.text).toContain('offline model');
    }
  });

  it('answers many at once', async () => {
    await using offline = await startOffline();
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, n) => collect(offline.stream([user(`Explain ${n}`)]))),
    );
    expect(answers.every(({ turn }) => turn.text.includes('offline model'))).toBe(true);
  });
});

describe('the endpoint of the offline model', () => {
  it.each([
    ['POST', '/v1/chat/completions'],
    ['GET', '/__aimock/journal'],
    ['POST', '/__aimock/fixtures'],
    ['POST', '/v1/embeddings'],
  ])('refuses %s %s without the key', async (method, path) => {
    await using offline = await startOffline();
    const response = await fetch(new URL(path, offline.baseUrl), { method });
    expect(response.status).toBe(401);
  });

  it('is bound to loopback alone', async () => {
    await using offline = await startOffline();
    expect(new URL(offline.baseUrl).hostname).toBe('127.0.0.1');
    const outside = Object.values(networkInterfaces())
      .flat()
      .filter((address) => address?.family === 'IPv4' && !address.internal);
    for (const address of outside) {
      const socket = connect(Number(new URL(offline.baseUrl).port), address?.address);
      const [error] = await once(socket, 'error');
      expect(error).toMatchObject({ code: 'ECONNREFUSED' });
    }
  });

  it('stops while it answers and while a connection says nothing, and frees its port', async () => {
    await using offline = await startOffline(200);
    const port = Number(new URL(offline.baseUrl).port);
    const silent = connect(port, '127.0.0.1');
    await once(silent, 'connect');
    const answering = (async () => {
      for await (const event of offline.stream([user('Explain owls')])) {
        if (event.type === 'text') await offline.stop();
      }
    })();
    await expect(answering).rejects.toThrow(ModelError);
    const again = connect(port, '127.0.0.1');
    const [error] = await once(again, 'error');
    expect(error).toMatchObject({ code: 'ECONNREFUSED' });
  });
});
