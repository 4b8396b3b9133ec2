import { getEventListeners } from 'node:events';

import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { defineTool, type ToolContext, type ToolEffect } from '../../src/agent/tool.ts';
import { ToolError } from '../../src/errors.ts';
import { createLogger } from '../../src/lib/logger.ts';
import { executeTool, type ToolOutcome } from '../../src/run/execute-tool.ts';
import { GrantSet } from '../../src/scope/grant-set.ts';

interface Call {
  readonly run: (args: Record<string, unknown>, context: ToolContext) => unknown;
  readonly effect?: ToolEffect;
  readonly timeoutMs?: number;
  readonly argumentsText?: string;
  readonly parameters?: z.ZodObject;
  readonly signal?: AbortSignal;
  readonly graceMs?: number;
}

function execute({ signal = new AbortController().signal, ...call }: Call): Promise<ToolOutcome> {
  const { argumentsText = '{}', parameters = z.looseObject({}), graceMs = 5, effect = 'once' } = call;
  const { timeoutMs = 60_000 } = call;
  const tool = defineTool({
    name: 'tool',
    description: 'A tool.',
    parameters,
    effect,
    timeoutMs,
    run: call.run,
  });
  return executeTool({
    tool,
    argumentsText,
    idempotencyKey: 'key',
    principal: { id: 'ann', grants: new GrantSet(['agents:run']) },
    signal,
    log: createLogger('silent'),
    graceMs,
  });
}

const never = () => new Promise(() => {});

function cyclic(): object {
  const value: Record<string, unknown> = {};
  return Object.assign(value, { value });
}

function nested(depth: number): unknown {
  return JSON.parse('['.repeat(depth) + ']'.repeat(depth));
}

function throwing(value: unknown): () => never {
  return () => {
    throw value;
  };
}

describe('a tool that answers', () => {
  it.each<[string, unknown, unknown, string]>([
    ['a text', 'hi', 'hi', 'hi'],
    ['an object', { a: [1, null] }, { a: [1, null] }, '{"a":[1,null]}'],
    ['nothing', undefined, null, 'null'],
    ['null', null, null, 'null'],
    ['NUL and lone surrogates', { 'k\0': 'a\0\ud800😀' }, { 'k\ufffd': 'a\ufffd\ufffd😀' }, '{"k�":"a��😀"}'],
    [
      'what JSON has no word for',
      [Number.NaN, undefined, new Date(0)],
      [null, null, '1970-01-01T00:00:00.000Z'],
      '',
    ],
    ['a key called __proto__', JSON.parse('{"__proto__":{"a":1}}'), JSON.parse('{"__proto__":{"a":1}}'), ''],
    ['a promise', Promise.resolve(5), 5, '5'],
  ])('%s: it is the result, and the model reads it', async (_, value, result, content) => {
    const outcome = await execute({ run: () => value });
    expect(outcome).toMatchObject({ status: 'COMPLETED', error: null });
    expect(outcome.result).toEqual(result);
    if (content !== '') expect(outcome.content).toBe(content);
  });

  it.each<[string, unknown, string]>([
    ['a cycle', cyclic(), 'The tool failed.'],
    ['a BigInt', { a: 1n }, 'The tool failed.'],
    ['a function', () => 1, 'The tool failed.'],
    ['a symbol', Symbol('x'), 'The tool failed.'],
    ['too much', 'x'.repeat(300_000), 'The result of the tool is too large.'],
    ['something nested too deep', nested(300), 'The result of the tool is nested too deep.'],
    ['something nested very deep', nested(2000), 'The result of the tool is nested too deep.'],
  ])('%s: the call fails, as data', async (_, value, error) => {
    expect(await execute({ run: () => value })).toEqual({
      status: 'FAILED',
      result: null,
      error,
      content: error,
    });
  });
});

describe('a tool that throws', () => {
  it.each<[string, unknown, string]>([
    ['an error', new Error('postgres://user:secret@host'), 'The tool failed.'],
    ['a ToolError', new ToolError('No such file.'), 'No such file.'],
    ['a ToolError with NUL', new ToolError('a\0\ud800'), 'a\ufffd\ufffd'],
    ['a text', 'secret', 'The tool failed.'],
    ['undefined', undefined, 'The tool failed.'],
    ['null', null, 'The tool failed.'],
  ])('%s fails with a sentence', async (_, value, error) => {
    expect(await execute({ run: throwing(value) })).toMatchObject({ status: 'FAILED', error });
    expect(await execute({ run: () => Promise.reject(value) })).toMatchObject({ status: 'FAILED', error });
  });

  it('a very long ToolError is cut', async () => {
    const { error } = await execute({ run: throwing(new ToolError('x'.repeat(100_000))) });
    expect(error).toHaveLength(8192);
  });
});

describe('arguments', () => {
  const parameters = z.object({ count: z.number().int().min(1) });
  it.each([
    ['', 'do not fit'],
    ['{', 'not JSON'],
    ['[]', 'do not fit'],
    ['null', 'do not fit'],
    ['{"count":"1"}', 'do not fit'],
    ['{"count":0}', 'do not fit'],
    [`{"count":${'['.repeat(9000)}${']'.repeat(9000)}}`, 'nested too deep'],
    ['{"count":1} trailing', 'not JSON'],
  ])('%s are refused without a call', async (argumentsText, error) => {
    const outcome = await execute({ run: throwing('called'), parameters, argumentsText });
    expect(outcome).toMatchObject({ status: 'FAILED', error: expect.stringContaining(error) });
  });

  it('whose check itself throws fail the call alone', async () => {
    const refusing = z.object({ a: z.string().refine(throwing(new Error('bug'))) });
    const outcome = await execute({ run: () => 1, parameters: refusing, argumentsText: '{"a":"x"}' });
    expect(outcome).toMatchObject({ status: 'FAILED', error: 'The tool failed.' });
  });

  it('reach the tool parsed, with key and principal and no token', async () => {
    let seen: unknown;
    const run: Call['run'] = (args, context) => {
      seen = [args, context.idempotencyKey, context.principal.id, Object.keys(context)];
    };
    await execute({ run, parameters, argumentsText: '{"count":2}' });
    expect(seen).toEqual([{ count: 2 }, 'key', 'ann', ['signal', 'idempotencyKey', 'principal']]);
  });
});

describe('the end of a call', () => {
  it('is not begun when the run must stop already', async () => {
    const outcome = await execute({ run: throwing('called'), signal: AbortSignal.abort() });
    expect(outcome).toMatchObject({ status: 'CANCELLED', error: 'The call was cancelled.' });
  });

  it.each<[ToolEffect, string]>([
    ['read', 'CANCELLED'],
    ['idempotent', 'UNKNOWN'],
    ['once', 'UNKNOWN'],
  ])('of a %s tool that does not heed the end of its run is %s', async (effect, status) => {
    const run = new AbortController();
    const outcome = execute({ run: never, effect, signal: run.signal });
    run.abort();
    expect(await outcome).toMatchObject({ status });
  });

  it.each<[ToolEffect, string]>([
    ['read', 'FAILED'],
    ['once', 'UNKNOWN'],
  ])('of a %s tool that does not heed its deadline is %s', async (effect, status) => {
    expect(await execute({ run: never, effect, timeoutMs: 5 })).toMatchObject({ status });
  });

  it.each<[ToolEffect, Error, Partial<ToolOutcome>, Partial<ToolOutcome>]>([
    [
      'read',
      new Error('stopped'),
      { status: 'FAILED', error: 'The tool took longer than 0.005 seconds.' },
      { status: 'CANCELLED' },
    ],
    ['read', new ToolError('stopped'), { status: 'FAILED' }, { status: 'CANCELLED' }],
    ['idempotent', new Error('stopped'), { status: 'UNKNOWN' }, { status: 'UNKNOWN' }],
    ['once', new Error('stopped'), { status: 'UNKNOWN' }, { status: 'UNKNOWN' }],
    [
      'once',
      new ToolError('stopped'),
      { status: 'FAILED', error: 'stopped' },
      { status: 'FAILED', error: 'stopped' },
    ],
  ])(
    'of a %s tool that throws %s when it is broken off: %j at its deadline, %j at the end of its run',
    async (effect, error, late, ended) => {
      const heed: Call['run'] = (_args, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(error));
        });
      expect(await execute({ run: heed, effect, timeoutMs: 5, graceMs: 5000 })).toMatchObject(late);
      const run = new AbortController();
      const outcome = execute({ run: heed, effect, signal: run.signal, graceMs: 5000 });
      run.abort();
      expect(await outcome).toMatchObject(ended);
    },
  );

  it('is the result when the tool answers within the grace, and what comes after it is dropped', async () => {
    const run = new AbortController();
    const answer = Promise.withResolvers<string>();
    const outcome = execute({ run: () => answer.promise, signal: run.signal, graceMs: 5000 });
    run.abort();
    answer.resolve('done');
    expect(await outcome).toMatchObject({ status: 'COMPLETED', result: 'done' });
    const late = Promise.withResolvers<string>();
    expect(await execute({ run: () => late.promise, timeoutMs: 1 })).toMatchObject({ status: 'UNKNOWN' });
    late.reject(new Error('too late'));
  });

  it('does not come at once for a deadline further away than a timer reaches', async () => {
    const outcome = await execute({
      run: async (_args, { signal }) => {
        await new Promise((resolve) => {
          setTimeout(resolve, 10);
        });
        return signal.aborted;
      },
      timeoutMs: 2 ** 40,
    });
    expect(outcome).toMatchObject({ status: 'COMPLETED', result: false });
  });

  it('leaves no listener on the signal of the run', async () => {
    const run = new AbortController();
    await execute({ run: () => 1, signal: run.signal });
    expect(getEventListeners(run.signal, 'abort')).toEqual([]);
  });
});
