import { describe, expect, it } from 'vitest';

import { type AnswerScript, parseScript, toFinalText, toWords } from './answer-script.ts';
import { startStreamingModel } from './streaming-model.ts';

const script: AnswerScript = { seed: 7, words: 8, tools: ['look'] };
const asked = { role: 'user', content: JSON.stringify(script) };
const called = { role: 'assistant', content: '' };

interface Chunk {
  readonly choices: readonly {
    readonly delta: { content?: string; tool_calls?: { function: { name: string; arguments: string } }[] };
    readonly finish_reason: string | null;
  }[];
}

async function ask(baseUrl: string, messages: object[], signal?: AbortSignal): Promise<Response> {
  const body = JSON.stringify({ model: 'test', stream: true, messages });
  return await fetch(`${baseUrl}/chat/completions`, { method: 'POST', body, ...(signal && { signal }) });
}

async function readChunks(response: Response): Promise<Chunk[]> {
  const lines = (await response.text()).split('\n\n').filter((line) => line !== '');
  expect(lines.at(-1)).toBe('data: [DONE]');
  return lines.slice(0, -1).map((line) => JSON.parse(line.slice('data: '.length)) as Chunk);
}

const textOf = (chunks: Chunk[]): string =>
  chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('');

describe('the streaming model', () => {
  it('calls the tools of its script one a turn, and then gives the last answer, whoever asks', async () => {
    await using model = await startStreamingModel({ intervalMs: 1 });
    for (const _again of [1, 2]) {
      const first = await readChunks(await ask(model.baseUrl, [asked]));
      expect(textOf(first)).toBe(toWords(script, 0).join(''));
      const call = first.flatMap(({ choices }) => choices[0]?.delta.tool_calls ?? [])[0]?.function;
      expect(call).toEqual({ name: 'look', arguments: '{"seed":7,"turn":0}' });
      expect(first.at(-1)?.choices[0]?.finish_reason).toBe('tool_calls');
      const last = await readChunks(
        await ask(model.baseUrl, [asked, called, { role: 'tool', content: '1' }]),
      );
      expect(textOf(last)).toBe(toFinalText(script));
      expect(last.at(-1)?.choices[0]?.finish_reason).toBe('stop');
    }
    expect(model.requestCount).toBe(4);
  });

  it('tells of an answer that nobody reads to its end', async () => {
    const aborted = Promise.withResolvers<number>();
    await using model = await startStreamingModel({ intervalMs: 5, onAborted: aborted.resolve });
    const controller = new AbortController();
    // Far more words than the model says before the abort arrives, however late that is on a busy machine.
    const content = JSON.stringify({ seed: 7, words: 50_000, tools: [] } satisfies AnswerScript);
    await ask(model.baseUrl, [{ role: 'user', content }], controller.signal);
    controller.abort();
    expect(await aborted.promise).toBe(7);
  });

  it('refuses a message that is no script', async () => {
    await using model = await startStreamingModel({ intervalMs: 1 });
    expect((await ask(model.baseUrl, [{ role: 'user', content: 'hello' }])).status).toBe(400);
    expect(parseScript('{"seed":1}')).toBeNull();
  });
});
