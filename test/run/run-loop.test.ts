import { describe, expect, it } from 'vitest';

import { type ModelMessage, type ModelTurn } from '../../src/run/model.ts';
import { type LoopStart, runLoop } from '../../src/run/run-loop.ts';

const LIMITS = { maxModelCalls: 3, maxToolCalls: 4, maxSeconds: 60, maxHistoryTokens: 1000 };

function turnOf(text: string, calls = 0): ModelTurn {
  const toolCalls = Array.from({ length: calls }, (_, index) => ({
    callId: `call_${index}`,
    name: 'tool',
    arguments: '{}',
  }));
  return { text, toolCalls, usage: null, finishReason: 'stop' };
}

/** Runs the loop over these answers. */
async function run(turns: readonly ModelTurn[], start: Partial<LoopStart<ModelTurn>> = {}) {
  const asked: (readonly ModelMessage[])[] = [];
  let called = 0;
  const result = runLoop(
    { limits: LIMITS },
    { messages: [{ role: 'user', content: 'ask' }], turn: null, modelCalls: 0, toolCalls: 0, ...start },
    {
      askModel: async (messages) => {
        asked.push([...messages]);
        const turn = turns[asked.length - 1];
        if (turn === undefined) throw new Error('Asked too often.');
        return turn;
      },
      callTools: async ({ toolCalls }) => {
        called += toolCalls.length;
        return toolCalls.map(({ callId }) => ({
          callId,
          content: `result of ${callId}`,
        }));
      },
    },
  );
  const settled = await result.catch((error: unknown) => error);
  return { settled, asked, called };
}

describe('the loop', () => {
  it('ends with the first answer without calls', async () => {
    expect(await run([turnOf('hi')])).toMatchObject({ settled: 'hi', called: 0 });
  });

  it('asks again with the calls and their results, in order', async () => {
    const { settled, asked } = await run([turnOf('', 2), turnOf('done')]);
    expect(settled).toBe('done');
    expect(asked[1]).toMatchObject([
      { role: 'user' },
      { role: 'assistant', toolCalls: [{ callId: 'call_0' }, { callId: 'call_1' }] },
      { role: 'tool', callId: 'call_0', content: 'result of call_0' },
      { role: 'tool', callId: 'call_1' },
    ]);
  });

  it.each<[string, ModelTurn[], number, string]>([
    ['the last model call asks for tools', [turnOf('', 1), turnOf('', 1), turnOf('', 1)], 2, '3 model calls'],
    ['one turn asks for too many tool calls', [turnOf('', 5)], 0, '4 tool calls'],
    ['turns together ask for too many', [turnOf('', 3), turnOf('', 2)], 3, '4 tool calls'],
  ])('meets a limit when %s', async (_, turns, called, message) => {
    const { settled, called: made } = await run(turns);
    expect(settled).toMatchObject({ status: 'EXPIRED', failure: { code: 'LIMIT' } });
    expect(String(settled)).toContain(message);
    expect(made).toBe(called);
  });

  it('lets a limit be used up to its end', async () => {
    expect((await run([turnOf('', 2), turnOf('', 2), turnOf('end')])).settled).toBe('end');
  });

  it('goes on with the calls of a turn that was stored', async () => {
    const start = { turn: turnOf('', 2), modelCalls: 1, toolCalls: 2 };
    const { settled, asked, called } = await run([turnOf('done')], start);
    expect({ settled, called }).toEqual({ settled: 'done', called: 2 });
    expect(asked[0]?.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'tool']);
  });

  it('asks nobody when the last turn was stored and calls nothing', async () => {
    const start = { turn: turnOf('done'), modelCalls: 3 };
    expect(await run([], start)).toMatchObject({ settled: 'done', asked: [], called: 0 });
  });

  it.each<[string, Partial<LoopStart<ModelTurn>>, string]>([
    ['model calls', { modelCalls: 3 }, '3 model calls'],
    ['tool calls', { turn: turnOf('', 1), modelCalls: 1, toolCalls: 5 }, '4 tool calls'],
  ])('counts the %s of earlier attempts', async (_, start, message) => {
    const { settled, asked, called } = await run([], start);
    expect(settled).toMatchObject({ status: 'EXPIRED', message: expect.stringContaining(message) as string });
    expect({ asked, called }).toEqual({ asked: [], called: 0 });
  });
});
