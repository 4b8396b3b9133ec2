import { describe, expect, it } from 'vitest';

import { type AgentDefinition, defineAgent } from '../../src/agent/agent.ts';
import { costOf, withinBudget } from '../../src/run/budget.ts';
import { estimateUsage } from '../../src/run/estimate-usage.ts';
import { type ModelMessage } from '../../src/run/model.ts';
import { DATABASE_KINDS } from '../_util/test-database.ts';
import { startEngine } from './engine-fixture.ts';

const price = { inputPerMillion: 2, outputPerMillion: 10 };

function bot(change: Partial<AgentDefinition>) {
  return defineAgent({ id: 'bot', name: 'Bot', ...change });
}

/** Asks once with `before` used already and `turn` used by the answer; gives what was thrown, or how often was asked. */
async function ask(change: Partial<AgentDefinition>, before: [number, number], turn: [number, number]) {
  let [inputTokens, outputTokens] = before;
  let asked = 0;
  const progress = {
    get metrics() {
      return { inputTokens, outputTokens, modelCalls: 0, toolCalls: 0, timeToFirstTokenMs: null };
    },
  };
  const act = async (): Promise<string> => {
    asked += 1;
    inputTokens += turn[0];
    outputTokens += turn[1];
    return 'answer';
  };
  const result: unknown = await withinBudget({ agent: bot(change), progress }, act).catch(String);
  return { result, asked };
}

describe('a budget', () => {
  it.each<[Partial<AgentDefinition>, [number, number], [number, number], string, number]>([
    [{}, [9e9, 9e9], [9e9, 9e9], 'answer', 1],
    [{ limits: { maxTokens: 10 } }, [4, 5], [1, 0], 'answer', 1],
    [{ limits: { maxTokens: 10 } }, [4, 5], [1, 1], 'RunStop: The run used its 10 tokens.', 1],
    [{ limits: { maxTokens: 10 } }, [5, 5], [0, 0], 'RunStop: The run used its 10 tokens.', 0],
    [{ limits: { maxCost: 1 }, price }, [0, 0], [0, 100_000], 'answer', 1],
    [{ limits: { maxCost: 1 }, price }, [0, 0], [1, 100_000], 'RunStop: The run used its budget of 1.', 1],
    [{ limits: { maxCost: 1 }, price }, [500_000, 0], [0, 0], 'RunStop: The run used its budget of 1.', 0],
    [{ price }, [9e9, 9e9], [9e9, 9e9], 'answer', 1],
  ])('%j after %j for %j gives %j', async (change, before, turn, result, asked) => {
    expect(await ask(change, before, turn)).toEqual({ result, asked });
  });

  it('counts cost by the price of each side', () => {
    const spent = { inputTokens: 500_000, outputTokens: 100_000 };
    expect(costOf(bot({ price }), spent)).toBe(2);
    expect(costOf(bot({}), spent)).toBe(0);
  });
});

describe('the usage of a turn', () => {
  const messages: ModelMessage[] = [
    { role: 'user', content: 'x'.repeat(40) },
    { role: 'assistant', content: '', toolCalls: [{ callId: 'a', name: 'find', arguments: '{}{}' }] },
    { role: 'tool', callId: 'a', content: 'x'.repeat(8) },
  ];
  const request = { model: 'm', instructions: 'x'.repeat(16), messages, tools: [] };
  const turn = { text: 'x'.repeat(9), toolCalls: [], usage: null, finishReason: 'stop' };

  it('is what the endpoint says', () => {
    const usage = { inputTokens: 1, outputTokens: 0 };
    expect(estimateUsage(request, { ...turn, usage })).toBe(usage);
  });

  it('is estimated where it says nothing', () => {
    expect(estimateUsage(request, turn)).toEqual({
      inputTokens: (16 + 40 + 8 + 8 + 2 + 2) / 4,
      outputTokens: 3,
    });
  });
});

describe.each(DATABASE_KINDS)('a run beyond its budget on %s', (kind) => {
  it.each<[string, Partial<AgentDefinition>]>([
    ['tokens', { limits: { maxTokens: 5 } }],
    ['cost', { limits: { maxCost: 0.000_01 }, price }],
  ])('of %s ends EXPIRED with its text, also where the endpoint tells no usage', async (_, agent) => {
    await using fixture = await startEngine(kind, { agent });
    for (const usage of [{ inputTokens: 3, outputTokens: 3 }, null]) {
      fixture.model.enqueue({ text: 'a long answer, which costs more than is left', usage });
      const queued = await fixture.queue();
      fixture.engine.wake(queued.id);
      const run = await fixture.ended(queued.id);
      expect(run).toMatchObject({
        status: 'EXPIRED',
        output: 'a long answer, which costs more than is left',
        error: { code: 'LIMIT' },
      });
      expect(run.metrics.outputTokens).toBeGreaterThan(0);
    }
  });
});
