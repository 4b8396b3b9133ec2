import { createServer } from 'node:net';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';

import { createLogger } from '../../src/lib/logger.ts';
import { type ModelEvent } from '../../src/run/model.ts';
import { createOpenAiModel } from '../../src/run/openai-model.ts';
import { createRetryingModel, type RetryOptions } from '../../src/run/retrying-model.ts';
import { type ScriptedModel, startScriptedModel } from '../_util/scripted-model.ts';
import { type ScriptedStep } from '../_util/scripted-step.ts';

const NOW = new Date('2026-01-02T03:04:05.000Z');
const request = {
  model: 'm',
  instructions: null,
  messages: [{ role: 'user' as const, content: 'hi' }],
  tools: [],
};
const answer = { text: 'hello', chunks: 1 };

interface Asked {
  readonly text: string;
  readonly error: unknown;
  readonly waits: number[];
}

/** Asks once; gives the text that arrived, how it failed, and the waits between the tries. */
async function ask(
  baseUrl: string,
  options: Partial<RetryOptions> = {},
  { onText = () => undefined }: { onText?: () => void } = {},
) {
  const waits: number[] = [];
  const model = createRetryingModel(createOpenAiModel({ apiKey: 'sk', baseUrl }), {
    tries: 3,
    log: createLogger('silent'),
    now: () => NOW,
    random: () => 0.5,
    wait: async (ms) => void waits.push(ms),
    ...options,
  });
  let text = '';
  try {
    for await (const event of model.stream(request, new AbortController().signal)) {
      text += textOf(event);
      onText();
    }
  } catch (error) {
    return { text, error, waits };
  }
  return { text, error: null, waits } satisfies Asked;
}

function textOf(event: ModelEvent): string {
  return event.type === 'text' ? event.delta : '';
}

async function startSteps(steps: readonly ScriptedStep[]): Promise<ScriptedModel> {
  return await startScriptedModel({ steps });
}

describe('a model that is asked again', () => {
  it.each<[string, ScriptedStep]>([
    ['is asked too often', { status: 429 }],
    ['fails', { status: 500 }],
    ['is down', { status: 503 }],
    ['is overloaded', { status: 529 }],
    ['gives up waiting', { status: 408 }],
    ['loses the connection before it says anything', { text: '', end: 'reset' }],
  ])('answers when the endpoint %s twice', async (_, step) => {
    await using model = await startSteps([step, step, answer]);
    expect(await ask(model.baseUrl)).toEqual({ text: 'hello', error: null, waits: [500, 1000] });
  });

  it('fails as the third try does', async () => {
    await using model = await startSteps([{ status: 500 }, { status: 503 }, { status: 429 }]);
    const { error, waits } = await ask(model.baseUrl);
    expect(error).toMatchObject({ name: 'ModelError', code: 'MODEL_ERROR' });
    expect(String(error)).toContain('429');
    expect(waits).toHaveLength(2);
  });

  it.each([400, 401, 403, 404, 413, 422])('is not asked again after status %i', async (status) => {
    await using model = await startSteps([{ status }]);
    expect(await ask(model.baseUrl)).toMatchObject({ error: { code: 'MODEL_ERROR' }, waits: [] });
  });

  it('is not asked again when the quota is used up', async () => {
    const body = { error: { message: 'no', code: 'insufficient_quota' } };
    await using model = await startSteps([{ status: 429, body }]);
    expect(await ask(model.baseUrl)).toMatchObject({ error: { code: 'MODEL_ERROR' }, waits: [] });
  });

  it('is asked once with one try', async () => {
    await using model = await startSteps([{ status: 500 }]);
    expect(await ask(model.baseUrl, { tries: 1 })).toMatchObject({
      error: { code: 'MODEL_ERROR' },
      waits: [],
    });
  });

  it('fails for good when it breaks off after the first piece', async () => {
    await using model = await startSteps([]);
    const step = model.enqueue({ text: 'hel lo', chunks: 2, pauseBefore: 1, end: 'reset' });
    const { error, waits, text } = await ask(model.baseUrl, {}, { onText: step.release });
    expect(text).not.toBe('');
    expect(error).toMatchObject({ code: 'MODEL_ERROR' });
    expect(waits).toEqual([]);
  });

  it('waits as long as it is asked to', async () => {
    const steps = [
      { status: 429, headers: { 'retry-after': '7' } },
      { status: 503, headers: { 'retry-after': 'Fri, 02 Jan 2026 03:04:17 GMT' } },
      { status: 429, headers: { 'retry-after-ms': '30000' } },
      answer,
    ];
    await using model = await startSteps(steps);
    expect(await ask(model.baseUrl, { tries: 4 })).toMatchObject({
      text: 'hello',
      waits: [7000, 12_000, 30_000],
    });
  });

  it('fails at once when it is asked to wait for too long', async () => {
    await using model = await startSteps([{ status: 429, headers: { 'retry-after': '31' } }]);
    expect(await ask(model.baseUrl)).toMatchObject({ error: { code: 'MODEL_ERROR' }, waits: [] });
  });

  it('that nobody listens for is asked again', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number }; // of a listening TCP server
    server.close();
    await once(server, 'close');
    const { error, waits } = await ask(`http://127.0.0.1:${port}/v1`);
    expect(error).toMatchObject({ message: 'The model endpoint could not be reached.' });
    expect(waits).toEqual([500, 1000]);
  });

  it('is no longer waited for when the run stops', async () => {
    await using model = await startSteps([{ status: 429, headers: { 'retry-after': '20' } }]);
    const controller = new AbortController();
    const reason = new Error('stopped');
    const log = createLogger('silent');
    log.warn = () => void controller.abort(reason);
    const retrying = createRetryingModel(createOpenAiModel({ apiKey: 'sk', baseUrl: model.baseUrl }), {
      tries: 3,
      log,
    });
    const events = retrying.stream(request, controller.signal)[Symbol.asyncIterator]();
    await expect(events.next()).rejects.toBe(reason);
  });
});
