import { LLMock } from '@copilotkit/aimock';
import { describe, expect, test } from 'vitest';

import { ModelError } from '../../src/errors.ts';
import { type ModelEvent, type ModelMessage, type ModelTurn } from '../../src/run/model.ts';
import { createOpenAiModel } from '../../src/run/openai-model.ts';

// The same client against a mock server that others wrote: what it takes for OpenAI's protocol is not what we take for it.

async function startMock(): Promise<AsyncDisposable & { mock: LLMock }> {
  const mock = new LLMock({ port: 0, logLevel: 'silent' });
  await mock.start();
  return { mock, [Symbol.asyncDispose]: () => mock.stop() };
}

const weather = {
  name: 'get_weather',
  description: 'The weather in a city.',
  parameters: { type: 'object', properties: { city: { type: 'string' } } },
};

function stream(mock: LLMock, messages: readonly ModelMessage[]): AsyncIterable<ModelEvent> {
  const model = createOpenAiModel({ apiKey: 'mock', baseUrl: `${mock.url}/v1` });
  const request = { model: 'gpt-4o', instructions: 'Be brief.', messages, tools: [weather] };
  return model.stream(request, new AbortController().signal);
}

async function collect(events: AsyncIterable<ModelEvent>): Promise<{ deltas: string[]; turn: ModelTurn }> {
  const deltas: string[] = [];
  for await (const event of events) {
    if (event.type === 'turn') return { deltas, turn: event.turn };
    deltas.push(event.delta);
  }
  throw new Error('no turn at the end');
}

describe('against aimock', () => {
  test('text streams, with usage', async () => {
    await using server = await startMock();
    server.mock.onMessage('hello', { content: 'Hello from another server.' }, { chunkSize: 5 });
    const { deltas, turn } = await collect(stream(server.mock, [{ role: 'user', content: 'hello' }]));
    expect(deltas.join('')).toBe('Hello from another server.');
    expect(turn).toMatchObject({ text: 'Hello from another server.', toolCalls: [], finishReason: 'stop' });
    expect(turn.usage?.outputTokens).toBeGreaterThan(0);
  });

  test('parallel tool calls stream, and their results lead to an answer', async () => {
    await using server = await startMock();
    const { mock } = server;
    mock.on({ userMessage: 'weather', hasToolResult: true }, { content: 'Sunny in both.' });
    mock.onMessage(
      'weather',
      {
        toolCalls: [
          { name: 'get_weather', arguments: '{"city":"Oslo"}' },
          { name: 'get_weather', arguments: '{"city":"Rome"}' },
        ],
      },
      { chunkSize: 4 },
    );
    const question: ModelMessage = { role: 'user', content: 'weather in Oslo and Rome?' };
    const { turn } = await collect(stream(mock, [question]));
    expect(turn.finishReason).toBe('tool_calls');
    expect(turn.toolCalls.map((call) => [call.name, JSON.parse(call.arguments)])).toEqual([
      ['get_weather', { city: 'Oslo' }],
      ['get_weather', { city: 'Rome' }],
    ]);
    const results = turn.toolCalls.map(({ callId }): ModelMessage => ({
      role: 'tool',
      callId,
      content: '"sunny"',
    }));
    const answer: ModelMessage = { role: 'assistant', content: turn.text, toolCalls: turn.toolCalls };
    const final = await collect(stream(mock, [question, answer, ...results]));
    expect(final.turn.text).toBe('Sunny in both.');
  });

  test('a text before tool calls, and reasoning, are told apart', async () => {
    await using server = await startMock();
    const content = {
      content: 'I look.',
      reasoning: 'Where?',
      toolCalls: [{ name: 'get_weather', arguments: '{}' }],
    };
    server.mock.onMessage('weather', content);
    const { deltas, turn } = await collect(stream(server.mock, [{ role: 'user', content: 'weather' }]));
    expect(turn.text).toBe('I look.');
    expect(turn.toolCalls).toHaveLength(1);
    expect(deltas.join('')).toBe('Where?I look.');
  });

  test('a stream that breaks off is a failure, after what was said', async () => {
    await using server = await startMock();
    server.mock.onMessage(
      'hello',
      { content: 'Hello from another server.' },
      { chunkSize: 5, truncateAfterChunks: 3 },
    );
    const deltas: string[] = [];
    const reading = (async () => {
      for await (const event of stream(server.mock, [{ role: 'user', content: 'hello' }])) {
        if (event.type !== 'turn') deltas.push(event.delta);
      }
    })();
    await expect(reading).rejects.toThrow(ModelError);
    expect('Hello from another server.').toContain(deltas.join(''));
  });

  test.each<[string, object, RegExp]>([
    ['a malformed answer', { malformedRate: 1 }, /not/],
    ['a connection torn', { disconnectRate: 1 }, /reached|lost|not answer/],
    ['a failure', { dropRate: 1 }, /HTTP 500/],
    ['too many requests', { rateLimitRate: 1 }, /HTTP 429/],
  ])('chaos: %s', async (_, chaos, sentence) => {
    await using server = await startMock();
    server.mock.onMessage('hello', { content: 'Hello.' }, { chaos });
    const reading = collect(stream(server.mock, [{ role: 'user', content: 'hello' }]));
    await expect(reading).rejects.toThrow(sentence);
    await expect(reading).rejects.toThrow(ModelError);
  });

  test('an error that it was told to give', async () => {
    await using server = await startMock();
    server.mock.onMessage('hello', { error: { message: 'vendor text', type: 'server_error' }, status: 503 });
    const reading = collect(stream(server.mock, [{ role: 'user', content: 'hello' }]));
    await expect(reading).rejects.toThrow('overloaded or down (HTTP 503)');
  });
});
