import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { type AgentDefinition, defineAgent } from '../../src/agent/agent.ts';
import { AgentRegistry } from '../../src/agent/agent-registry.ts';
import { type AppDefinition, defineApp } from '../../src/agent/app-definition.ts';
import { defineTool, type ToolDefinition } from '../../src/agent/tool.ts';

type AnyToolDefinition = ToolDefinition<z.ZodObject>;

const tool: AnyToolDefinition = {
  name: 'add',
  description: 'Adds.',
  parameters: z.object({ a: z.number().describe('The first.') }),
  run: () => 1,
};

describe('defineTool', () => {
  it('fills in what is left out, the careful way', () => {
    expect(defineTool(tool)).toMatchObject({
      effect: 'once',
      needsApproval: false,
      approver: 'any',
      approvalSeconds: null,
      scope: null,
      timeoutMs: 60_000,
      parametersSchema: {
        type: 'object',
        properties: { a: { type: 'number', description: 'The first.' } },
        required: ['a'],
      },
    });
  });

  it('keeps the approval policy', () => {
    const needsApproval = () => false;
    const defined = defineTool({ ...tool, needsApproval, approver: 'other', approvalSeconds: 60 });
    expect(defined).toMatchObject({ needsApproval, approver: 'other', approvalSeconds: 60 });
  });

  // What plain JavaScript may pass.
  it.each<[Record<string, unknown>, string]>([
    [{ name: '' }, '"" is not'],
    [{ name: 'a b' }, '"a b" is not'],
    [{ name: 'x'.repeat(65) }, 'is not'],
    [{ name: undefined }, 'is not'],
    [{ description: ' ' }, 'Tool "add" needs a description'],
    [{ description: undefined }, 'Tool "add" needs a description'],
    [{ parameters: {} }, 'needs parameters'],
    [{ parameters: z.string() }, 'needs parameters'],
    [{ parameters: z.object({ at: z.date() }) }, 'JSON Schema cannot express'],
    [{ run: 'no' }, 'needs a run function'],
    [{ effect: 'twice' }, 'has effect "twice"'],
    [{ scope: 'vault' }, 'has scope "vault"'],
    [{ scope: 'a:b:c:d' }, 'has scope "a:b:c:d"'],
    [{ scope: '' }, 'has scope ""'],
    [{ needsApproval: 'yes' }, 'has a needsApproval'],
    [{ needsApproval: null }, 'has a needsApproval'],
    [{ approver: 'me' }, 'has approver "me"'],
    [{ approvalSeconds: 0 }, 'approvalSeconds'],
    [{ approvalSeconds: 0.5 }, 'approvalSeconds'],
    [{ timeoutMs: 0 }, 'timeoutMs'],
    [{ timeoutMs: 1.5 }, 'timeoutMs'],
    [{ timeoutMs: Infinity }, 'timeoutMs'],
  ])('%j is a TypeError', (change, message) => {
    const define = () => defineTool({ ...tool, ...change } as AnyToolDefinition);
    expect(define).toThrow(TypeError);
    expect(define).toThrow(message);
  });
});

describe('defineAgent', () => {
  it('fills in what is left out', () => {
    expect(defineAgent({ id: 'bot', name: 'Bot', limits: { maxSeconds: 5 } })).toEqual({
      id: 'bot',
      name: 'Bot',
      description: null,
      model: null,
      instructions: null,
      tools: [],
      limits: { maxModelCalls: 20, maxToolCalls: 100, maxSeconds: 5, maxHistoryTokens: 32_000 },
      price: null,
    });
  });

  it.each<[Record<string, unknown>, string]>([
    [{ id: '' }, '"" is not'],
    [{ id: 'a:b' }, '"a:b" is not'],
    [{ id: '*' }, '"*" is not'],
    [{ id: 'a b' }, 'is not'],
    [{ id: 'ä' }, 'is not'],
    [{ id: undefined }, 'is not'],
    [{ name: '  ' }, 'Agent "bot" needs a name'],
    [{ tools: [defineTool(tool), defineTool(tool)] }, 'two tools called "add"'],
    [{ limits: { maxTurns: 1 } }, 'unknown limit "maxTurns"'],
    [{ limits: { maxSeconds: 0 } }, 'maxSeconds must be above 0'],
    [{ limits: { maxSeconds: Number.NaN } }, 'maxSeconds must be above 0'],
    [{ limits: { maxModelCalls: '3' } }, 'maxModelCalls must be above 0'],
    [{ limits: { maxTokens: 0 } }, 'maxTokens must be above 0'],
    [{ limits: { maxCost: 1 } }, 'maxCost needs a price'],
    [{ limits: { toString: 1 } }, 'unknown limit "toString"'],
    [{ price: { inputPerMillion: 1 } }, 'price needs inputPerMillion and outputPerMillion'],
    [{ price: { inputPerMillion: -1, outputPerMillion: 1 } }, 'numbers from 0'],
  ])('%j is a TypeError', (change, message) => {
    const define = () => defineAgent({ id: 'bot', name: 'Bot', ...change } as AgentDefinition);
    expect(define).toThrow(TypeError);
    expect(define).toThrow(message);
  });
});

describe('defineApp', () => {
  it.each<[Record<string, unknown>, string]>([
    [{ id: '' }, 'needs an id'],
    [{ id: undefined }, 'needs an id'],
    [{ name: '' }, 'App "app" needs a name'],
    [{ agents: undefined }, 'needs a list of agents'],
    [{ agents: {} }, 'needs a list of agents'],
  ])('%j is a TypeError', (change, message) => {
    const define = () => defineApp({ id: 'app', name: 'App', agents: [], ...change } as AppDefinition);
    expect(define).toThrow(TypeError);
    expect(define).toThrow(message);
  });
});

describe('the registry of agents', () => {
  const guarded = defineTool({ ...tool, scope: 'vault:read' });
  const agents = [
    defineAgent({ id: 'b', name: 'B', tools: [guarded] }),
    defineAgent({ id: 'a', name: 'A', model: 'big' }),
    defineAgent({ id: 'c', name: 'C' }),
  ];
  const registry = new AgentRegistry(agents, 'small');

  it("keeps the app's order and finds by id alone", () => {
    expect(registry.list().map(({ id }) => id)).toEqual(['b', 'a', 'c']);
    expect(registry.find('a')).toBe(agents[1]);
    for (const id of ['', 'A', '*', '__proto__', 'toString']) expect(registry.find(id)).toBeNull();
  });

  it('knows models and scopes', () => {
    expect(registry.models()).toEqual(['small', 'big']);
    expect(registry.toolScopes()).toEqual(['vault:read']);
  });

  it('refuses two agents of one id', () => {
    const twins = [...agents, defineAgent({ id: 'a', name: 'Twin' })];
    expect(() => new AgentRegistry(twins, 'small')).toThrow('Two agents have the id "a".');
    expect(() => defineApp({ id: 'app', name: 'App', agents: twins })).toThrow('Two agents have the id "a".');
  });
});
