import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { checkArguments, parseJson } from '../../src/agent/check-arguments.ts';
import { defineTool } from '../../src/agent/tool.ts';

const tool = defineTool({
  name: 'find',
  description: 'Finds.',
  parameters: z.object({ text: z.string(), limit: z.number().default(10) }),
  run: () => [],
});

describe('the arguments of a tool call', () => {
  it.each([
    ['{"text":"a"}', { text: 'a' }, { text: 'a', limit: 10 }],
    ['{"text":"a","limit":2,"more":1}', { text: 'a', limit: 2, more: 1 }, { text: 'a', limit: 2 }],
    [' {"text":"a\\u0000\\ud800"} ', { text: 'a\ufffd\ufffd' }, { text: 'a\ufffd\ufffd', limit: 10 }],
  ])('%s are kept as written and handed over as parsed', (text, json, args) => {
    expect(checkArguments(tool, text)).toEqual({ json, args });
  });

  it.each([
    ['{"limit":2}', { limit: 2 }, 'text'],
    ['', {}, 'text'],
    ['"text"', 'text', 'do not fit'],
    ['nonsense', {}, 'not JSON'],
    ['{"text":"a"', {}, 'not JSON'],
  ])('%j are refused with a sentence', (text, json, error) => {
    const checked = checkArguments(tool, text);
    expect(checked).toEqual({ json, error: expect.stringContaining(error) });
  });
});

describe('JSON of a model', () => {
  it.each<[string, unknown]>([
    ['', {}],
    ['null', null],
    ['1e999', Infinity],
    [`${'['.repeat(256)}${']'.repeat(256)}`, expect.any(Array)],
    [`${'['.repeat(257)}${']'.repeat(257)}`, undefined],
    [`${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`, undefined],
    ["{'a': 1}", undefined],
  ])('%.20j is read, or is none', (text, json) => {
    expect(parseJson(text)).toEqual(json);
  });
});
