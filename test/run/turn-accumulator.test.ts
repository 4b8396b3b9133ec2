import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { ModelError } from '../../src/errors.ts';
import { type ModelEvent, type ModelTurn } from '../../src/run/model.ts';
import { TurnAccumulator } from '../../src/run/turn-accumulator.ts';

/** A chunk with this delta. */
function chunk(delta: unknown, rest: object = {}): object {
  return { choices: [{ index: 0, delta, finish_reason: null, ...rest }] };
}

/** A chunk with these entries of `tool_calls`. */
function calls(...entries: unknown[]): object {
  return chunk({ tool_calls: entries });
}

/** An entry of `tool_calls`. */
function call(rest: object, fn?: object): object {
  return { ...rest, ...(fn === undefined ? {} : { function: fn }) };
}

function accumulate(chunks: readonly unknown[]): { events: ModelEvent[]; turn: ModelTurn } {
  let made = 0;
  const accumulator = new TurnAccumulator(() => `made_${made++}`);
  const events = chunks.flatMap((entry) => accumulator.add(entry).events);
  events.push(...accumulator.finish());
  const last = events.pop();
  if (last?.type !== 'turn') throw new Error('no turn at the end');
  return { events, turn: last.turn };
}

/** The calls as `id name arguments`. */
function readCalls(chunks: readonly unknown[]): string[] {
  return accumulate(chunks).turn.toolCalls.map(
    ({ callId, name, arguments: text }) => `${callId} ${name} ${text}`,
  );
}

describe('tool calls, as endpoints write them', () => {
  const table: Record<string, { chunks: object[]; expected: string[] }> = {
    'OpenAI: index, id and name first, then pieces of arguments': {
      chunks: [
        calls(call({ index: 0, id: 'a', type: 'function' }, { name: 'f', arguments: '' })),
        calls(call({ index: 0 }, { arguments: '{"x"' })),
        calls(call({ index: 0 }, { arguments: ':1}' })),
        calls(call({ index: 1, id: 'b', type: 'function' }, { name: 'g', arguments: '' })),
        calls(call({ index: 1 }, { arguments: '{}' })),
      ],
      expected: ['a f {"x":1}', 'b g {}'],
    },
    'pieces of two calls take turns': {
      chunks: [
        calls(call({ index: 0, id: 'a' }, { name: 'f' }), call({ index: 1, id: 'b' }, { name: 'g' })),
        calls(call({ index: 1 }, { arguments: '{"y"' })),
        calls(call({ index: 0 }, { arguments: '{"x"' }), call({ index: 1 }, { arguments: ':2}' })),
        calls(call({ index: 0 }, { arguments: ':1}' })),
      ],
      expected: ['a f {"x":1}', 'b g {"y":2}'],
    },
    'all calls have index 0 and ids of their own': {
      chunks: [
        calls(call({ index: 0, id: 'a' }, { name: 'f', arguments: '{"x":1}' })),
        calls(call({ index: 0, id: 'b' }, { name: 'f', arguments: '{"x":2}' })),
        calls(call({ index: 0, id: 'c' }, { name: 'g', arguments: '' })),
        calls(call({ index: 0 }, { arguments: '{"z":3}' })),
      ],
      expected: ['a f {"x":1}', 'b f {"x":2}', 'c g {"z":3}'],
    },
    'all calls have index 0, and pieces with ids take turns': {
      chunks: [
        calls(call({ index: 0, id: 'a' }, { name: 'f', arguments: '{' })),
        calls(call({ index: 0, id: 'b' }, { name: 'g', arguments: '{' })),
        calls(call({ index: 0, id: 'a' }, { arguments: '"x":1}' })),
        calls(call({ index: 0, id: 'b' }, { arguments: '"y":2}' })),
      ],
      expected: ['a f {"x":1}', 'b g {"y":2}'],
    },
    'all calls have index 0 and no id': {
      chunks: [
        calls(call({ index: 0 }, { name: 'f', arguments: '{"x":1}' })),
        calls(call({ index: 0 }, { name: 'g', arguments: '{"y":2}' })),
        calls(call({ index: 0 }, { name: 'g', arguments: '{"y":2}' })),
      ],
      expected: ['made_0 f {"x":1}', 'made_1 g {"y":2}', 'made_2 g {"y":2}'],
    },
    'the index is missing, ids are there': {
      chunks: [
        calls(call({ id: 'a' }, { name: 'f', arguments: '{"x"' })),
        calls(call({ id: 'a' }, { arguments: ':1}' })),
        calls(call({ id: 'b' }, { name: 'g', arguments: '{"y"' })),
        calls(call({}, { arguments: ':2}' })),
      ],
      expected: ['a f {"x":1}', 'b g {"y":2}'],
    },
    'the index is missing, and pieces with ids take turns': {
      chunks: [
        calls(call({ id: 'a' }, { name: 'f', arguments: '{' })),
        calls(call({ id: 'b' }, { name: 'g', arguments: '{' })),
        calls(call({ id: 'a' }, { arguments: '"x":1}' })),
        calls(call({ id: 'b' }, { arguments: '"y":2}' })),
      ],
      expected: ['a f {"x":1}', 'b g {"y":2}'],
    },
    'index and ids are missing, the calls come in one chunk': {
      chunks: [
        calls(call({}, { name: 'f', arguments: '{"x"' }), call({}, { name: 'f', arguments: '{"y"' })),
        calls(call({}, { arguments: ':1}' }), call({}, { arguments: ':2}' })),
      ],
      expected: ['made_0 f {"x":1}', 'made_1 f {"y":2}'],
    },
    'index and ids are missing, the calls come one after the other': {
      chunks: [
        calls(call({}, { name: 'f', arguments: '{}' })),
        calls(call({}, { name: 'g', arguments: '{"y"' })),
        calls(call({}, { arguments: ':2}' })),
      ],
      expected: ['made_0 f {}', 'made_1 g {"y":2}'],
    },
    'the first index is 1': {
      chunks: [
        calls(call({ index: 1, id: 'a' }, { name: 'f', arguments: '{"x"' })),
        calls(call({ index: 1 }, { arguments: ':1}' })),
        calls(call({ index: 2, id: 'b' }, { name: 'g', arguments: '{}' })),
      ],
      expected: ['a f {"x":1}', 'b g {}'],
    },
    'pieces count from another base than the calls': {
      chunks: [
        calls(call({ index: 1, id: 'a' }, { name: 'f', arguments: '' })),
        calls(call({ index: 0 }, { arguments: '{"x":1}' })),
      ],
      expected: ['a f {"x":1}'],
    },
    'the id is missing': {
      chunks: [
        calls(call({ index: 0 }, { name: 'f', arguments: '' })),
        calls(call({ index: 0 }, { arguments: '{}' })),
      ],
      expected: ['made_0 f {}'],
    },
    'the id comes late, the name again with it': {
      chunks: [
        calls(call({ index: 0 }, { name: 'f', arguments: '{"x"' })),
        calls(call({ index: 0, id: 'a' }, { name: 'f', arguments: ':1}' })),
      ],
      expected: ['a f {"x":1}'],
    },
    'the id changes with every piece': {
      chunks: [
        calls(call({ index: 0, id: 'a' }, { name: 'f', arguments: '' })),
        calls(call({ index: 0, id: 'b' }, { arguments: '{"x"' })),
        calls(call({ index: 0, id: 'c' }, { arguments: ':1}' })),
      ],
      expected: ['a f {"x":1}'],
    },
    'the id stands inside function, and name and id come with every piece': {
      chunks: [
        calls(call({ index: 0 }, { id: 'a', name: 'ff', arguments: '{"x"' })),
        calls(call({ index: 0 }, { id: 'a', name: 'ff', arguments: ':' })),
        calls(call({ index: 0 }, { id: 'a', name: 'ff', arguments: '1}' })),
      ],
      expected: ['a ff {"x":1}'],
    },
    'the name comes with every piece, without ids': {
      chunks: [
        calls(call({ index: 0 }, { name: 'ff', arguments: '{"x"' })),
        calls(call({ index: 0 }, { name: 'ff', arguments: ':{}' })),
        calls(call({ index: 0 }, { name: 'ff', arguments: '}' })),
      ],
      expected: ['made_0 ff {"x":{}}'],
    },
    'the name comes in pieces': {
      chunks: [
        calls(call({ index: 0, id: 'a' }, { name: 'get_' })),
        calls(call({ index: 0 }, { name: 'weather' })),
        calls(call({ index: 0 }, { arguments: '{}' })),
      ],
      expected: ['a get_weather {}'],
    },
    'the arguments are an object': {
      chunks: [
        calls(call({ index: 0, id: 'a' }, { name: 'f', arguments: { x: 1 } })),
        calls(call({ index: 0, id: 'b' }, { name: 'g', arguments: {} })),
      ],
      expected: ['a f {"x":1}', 'b g {}'],
    },
    'the arguments are an object that comes twice': {
      chunks: [
        calls(call({ index: 0, id: 'a' }, { name: 'f', arguments: { x: 1 } })),
        calls(call({ index: 0, id: 'a' }, { name: 'f', arguments: { x: 1 } })),
      ],
      expected: ['a f {"x":1}'],
    },
    'the last chunk says the whole call again': {
      chunks: [
        calls(call({ index: 0, id: 'a' }, { name: 'f', arguments: '{"x"' })),
        calls(call({ index: 0 }, { arguments: ':1}' })),
        calls(call({ index: 0, id: 'a' }, { name: 'f', arguments: '{"x":1}' })),
      ],
      expected: ['a f {"x":1}'],
    },
    'the arguments are empty, null, missing or blank': {
      chunks: [
        calls(call({ index: 0, id: 'a' }, { name: 'f', arguments: '' })),
        calls(call({ index: 1, id: 'b' }, { name: 'f', arguments: null })),
        calls(call({ index: 2, id: 'c' }, { name: 'f' })),
        calls(call({ index: 3, id: 'd' }, { name: 'f', arguments: ' \n' })),
      ],
      expected: ['a f {}', 'b f {}', 'c f {}', 'd f {}'],
    },
    'null arguments between the pieces': {
      chunks: [
        calls(call({ index: 0, id: 'a' }, { name: 'f', arguments: null })),
        calls(call({ index: 0 }, { arguments: '{"x"' })),
        calls(call({ index: 0, id: null }, { name: null, arguments: null })),
        calls(call({ index: 0 }, { arguments: ':1}' })),
      ],
      expected: ['a f {"x":1}'],
    },
    'the first piece already has an opening brace': {
      chunks: [
        calls(call({ index: 0, id: 'a' }, { name: 'f', arguments: '{' })),
        calls(call({ index: 0 }, { arguments: '"x":1}' })),
      ],
      expected: ['a f {"x":1}'],
    },
    'arguments that are no JSON are handed over as they are': {
      chunks: [calls(call({ index: 0, id: 'a' }, { name: 'f', arguments: '{"x":' }))],
      expected: ['a f {"x":'],
    },
    'arguments that are a number, a list or false': {
      chunks: [
        calls(call({ index: 0, id: 'a' }, { name: 'f', arguments: 5 })),
        calls(call({ index: 1, id: 'b' }, { name: 'f', arguments: [1] })),
        calls(call({ index: 2, id: 'c' }, { name: 'f', arguments: false })),
      ],
      expected: ['a f 5', 'b f [1]', 'c f false'],
    },
    'two calls have the same id': {
      chunks: [
        calls(call({ index: 0, id: 'a' }, { name: 'f', arguments: '{}' })),
        calls(call({ index: 1, id: 'a' }, { name: 'g', arguments: '{}' })),
      ],
      expected: ['a f {}', 'made_0 g {}'],
    },
    'the id is a number, and one is empty': {
      chunks: [
        calls(call({ index: 0, id: 7 }, { name: 'f', arguments: '{}' })),
        calls(call({ index: 1, id: '' }, { name: 'g', arguments: '{}' })),
      ],
      expected: ['7 f {}', 'made_0 g {}'],
    },
    'entries that say nothing': {
      chunks: [
        calls(null, 5, 'x', [], {}, call({ index: 0, type: 'function' }, {}), call({}, { arguments: '' })),
      ],
      expected: [],
    },
    'a call without a name is kept for the run to refuse': {
      chunks: [calls(call({ index: 0, id: 'a' }, { arguments: '{}' }))],
      expected: ['a  {}'],
    },
    'lone surrogates and NUL in id, name and arguments': {
      chunks: [calls(call({ index: 0, id: 'a\0' }, { name: 'f\ud83d', arguments: '{"x":"\ud83d' }))],
      expected: ['a\uFFFD f\uFFFD {"x":"\uFFFD'],
    },
    'a character of the arguments is cut in two': {
      chunks: [
        calls(call({ index: 0, id: 'a' }, { name: 'f', arguments: '{"x":"\ud83d' })),
        calls(call({ index: 0 }, { arguments: '\ude00"}' })),
      ],
      expected: ['a f {"x":"😀"}'],
    },
  };

  test.each(Object.entries(table))('%s', (_, { chunks, expected }) => {
    expect(readCalls(chunks)).toEqual(expected);
  });

  test.each(['stop', 'length', 'end_turn', 'content_filter', 'tool_calls', '', null])(
    'calls count whatever the finish reason says: %j',
    (finishReason) => {
      const entry = call({ index: 0, id: 'a' }, { name: 'f', arguments: '{}' });
      const turn = accumulate([calls(entry), chunk({}, { finish_reason: finishReason })]).turn;
      expect(turn.toolCalls).toHaveLength(1);
      expect(turn.finishReason).toBe(finishReason === '' || finishReason === null ? 'unknown' : finishReason);
    },
  );

  test('ids made for calls differ from turn to turn', () => {
    const ids = [1, 2].map(() => {
      const accumulator = new TurnAccumulator();
      accumulator.add(calls(call({ index: 0 }, { name: 'f' })));
      const [event] = accumulator.finish();
      return event?.type === 'turn' ? event.turn.toolCalls[0]?.callId : undefined;
    });
    expect(new Set(ids).size).toBe(2);
    expect(ids[0]).toMatch(/^call_[0-9a-f]{32}$/);
  });
});

describe('text', () => {
  test('comes as deltas, and whole in the turn', () => {
    const { events, turn } = accumulate([
      chunk({ role: 'assistant', content: '' }),
      chunk({ content: 'Hel' }),
      chunk({ content: 'lo' }),
      chunk({}, { finish_reason: 'stop' }),
    ]);
    expect(events).toEqual([
      { type: 'text', delta: 'Hel' },
      { type: 'text', delta: 'lo' },
    ]);
    expect(turn).toEqual({ text: 'Hello', toolCalls: [], usage: null, finishReason: 'stop' });
  });

  test('a character cut in two between chunks comes out whole', () => {
    const { events, turn } = accumulate([chunk({ content: 'so \ud83d' }), chunk({ content: '\ude00' })]);
    expect(events.map((event) => 'delta' in event && event.delta)).toEqual(['so ', '😀']);
    expect(turn.text).toBe('so 😀');
  });

  test('half a character at the end is replaced, as a delta too', () => {
    const { events, turn } = accumulate([
      chunk({ reasoning: 'r\ud83d' }),
      chunk({ content: 'so \ud83d' }),
      chunk({}, { finish_reason: 'stop' }),
    ]);
    expect(events.slice(-2)).toEqual([
      { type: 'reasoning', delta: '\uFFFD' },
      { type: 'text', delta: '\uFFFD' },
    ]);
    expect(turn.text).toBe('so \uFFFD');
  });

  test('NUL is replaced', () => {
    expect(accumulate([chunk({ content: 'a\0b' })]).turn.text).toBe('a\uFFFDb');
  });

  test('comes also as a list of parts, and as a refusal', () => {
    const parts = [{ type: 'text', text: 'a' }, null, { type: 'image' }, { type: 'text', text: 'b' }];
    expect(accumulate([chunk({ content: parts })]).turn.text).toBe('ab');
    expect(accumulate([chunk({ content: null, refusal: 'I cannot.' })]).turn.text).toBe('I cannot.');
  });

  test.each([
    ['reasoning_content', { reasoning_content: 'hm' }],
    ['reasoning', { reasoning: 'hm' }],
    ['both names with the same words', { reasoning_content: 'hm', reasoning: 'hm' }],
    ['thinking parts', { content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] }] }],
  ])('reasoning is told apart: %s', (_, delta) => {
    const { events, turn } = accumulate([chunk(delta), chunk({ content: 'yes' })]);
    expect(events).toEqual([
      { type: 'reasoning', delta: 'hm' },
      { type: 'text', delta: 'yes' },
    ]);
    expect(turn.text).toBe('yes');
  });

  test('of several choices only the first counts, wherever it stands', () => {
    const two = {
      choices: [
        { index: 1, delta: { content: 'no' }, finish_reason: 'length' },
        { index: 0, delta: { content: 'yes' }, finish_reason: 'stop' },
      ],
    };
    const other = { choices: [{ index: 1, delta: { content: 'no' } }] };
    const { turn } = accumulate([two, other]);
    expect(turn).toMatchObject({ text: 'yes', finishReason: 'stop' });
  });
});

describe('chunks that say nothing', () => {
  test.each<[string, unknown]>([
    ['null', null],
    ['a number', 7],
    ['a list', [chunk({ content: 'x' })]],
    ['no choices', {}],
    ['choices: null', { choices: null }],
    ['empty choices', { choices: [] }],
    ['a choice that is null', { choices: [null] }],
    ['a delta that is null', chunk(null)],
    ['a delta that is a list', chunk(['x'])],
    ['no delta', { choices: [{ index: 0 }] }],
    [
      'members of other types',
      chunk({ content: 5, reasoning: {}, tool_calls: 'x', role: 7 }, { finish_reason: 3 }),
    ],
    ['empty text', chunk({ content: '', reasoning_content: '', tool_calls: [] }, { finish_reason: '' })],
    ['usage alone', { choices: [], usage: { prompt_tokens: 1, completion_tokens: 2 } }],
  ])('%s', (_, silent) => {
    const accumulator = new TurnAccumulator();
    expect(accumulator.add(silent)).toEqual({ events: [], isProgress: false });
    expect(accumulator.isFinished).toBe(false);
  });

  test.each<[string, object]>([
    ['text', chunk({ content: 'x' })],
    ['half a character, though nothing is shown yet', chunk({ content: '\ud83d' })],
    ['reasoning', chunk({ reasoning: 'x' })],
    ['a piece of arguments', calls(call({ index: 0 }, { arguments: '{' }))],
    ['a finish reason', chunk({}, { finish_reason: 'stop' })],
  ])('while %s is progress', (_, speaking) => {
    expect(new TurnAccumulator().add(speaking).isProgress).toBe(true);
  });
});

describe('usage', () => {
  const usage = { prompt_tokens: 12, completion_tokens: 3, total_tokens: 15 };
  const expected = { inputTokens: 12, outputTokens: 3 };

  test.each<[string, object[]]>([
    ['in a chunk without choices', [chunk({}, { finish_reason: 'stop' }), { choices: [], usage }]],
    ['in the chunk with the finish reason', [{ ...chunk({}, { finish_reason: 'stop' }), usage }]],
    [
      'in every chunk, the last counts',
      [
        { ...chunk({ content: 'x' }), usage: { prompt_tokens: 12, completion_tokens: 1 } },
        { choices: [], usage },
      ],
    ],
    [
      'followed by chunks with usage: null',
      [
        { choices: [], usage },
        { choices: [], usage: null },
      ],
    ],
  ])('%s', (_, chunks) => {
    expect(accumulate(chunks).turn.usage).toEqual(expected);
  });

  test.each<[string, unknown]>([
    ['negative', { prompt_tokens: -1, completion_tokens: 1 }],
    ['broken', { prompt_tokens: 1.5, completion_tokens: 1 }],
    ['text', { prompt_tokens: '1', completion_tokens: 1 }],
    ['beyond 32 bits', { prompt_tokens: 1, completion_tokens: 2 ** 31 }],
    ['half', { prompt_tokens: 1 }],
    ['true', true],
  ])('that is %s is as good as none', (_, bad) => {
    expect(accumulate([{ choices: [], usage: bad }]).turn.usage).toBeNull();
  });
});

describe('failures', () => {
  test.each<[string, object]>([
    ['a finish reason of error', chunk({}, { finish_reason: 'error' })],
    ['an error in the choice', chunk({}, { error: { message: 'vendor secret' } })],
    ['a chunk that is an error', { object: 'error', message: 'vendor secret', code: 400 }],
  ])('%s', (_, bad) => {
    const accumulator = new TurnAccumulator();
    expect(() => accumulator.add(bad)).toThrow(ModelError);
    expect(() => accumulator.add(bad)).not.toThrow(/vendor/);
  });

  test('the 129th tool call is one too many', () => {
    const accumulator = new TurnAccumulator();
    for (let index = 0; index < 128; index += 1)
      accumulator.add(calls(call({ index, id: `c${index}` }, { name: 'f' })));
    expect(() => accumulator.add(calls(call({ index: 128, id: 'x' }, { name: 'f' })))).toThrow(ModelError);
  });

  test.each<[string, (piece: string) => object]>([
    ['text', (piece) => chunk({ content: piece })],
    ['reasoning', (piece) => chunk({ reasoning: piece })],
    ['arguments', (piece) => calls(call({ index: 0 }, { arguments: piece }))],
    ['names', (piece) => calls(call({ index: 0 }, { name: piece }))],
  ])('%s beyond 16 MB', (_, make) => {
    const accumulator = new TurnAccumulator();
    const megabyte = 'x'.repeat(1024 * 1024);
    for (let count = 0; count < 16; count += 1) accumulator.add(make(megabyte));
    expect(() => accumulator.add(make('x'))).toThrow(ModelError);
  });
});

describe('any chunks', () => {
  const text = fc.string({ unit: fc.constantFrom('a', '{', '}', '"', '\0', '\ud83d', '\ude00') });
  const rubbish = fc.jsonValue({ maxDepth: 2 });
  const either = <TValue>(expected: fc.Arbitrary<TValue>) =>
    fc.oneof({ weight: 4, arbitrary: expected }, rubbish);
  const entry = fc.record(
    {
      index: either(fc.integer({ min: 0, max: 2 })),
      id: either(fc.constantFrom('a', 'b', '', null)),
      function: either(
        fc.record(
          { name: either(fc.constantFrom('f', 'g', '')), arguments: either(text) },
          { requiredKeys: [] },
        ),
      ),
    },
    { requiredKeys: [] },
  );
  const delta = fc.record(
    { content: either(text), reasoning: either(text), tool_calls: either(fc.array(entry, { maxLength: 3 })) },
    { requiredKeys: [] },
  );
  const chunkLike = either(
    fc.record({
      choices: either(fc.array(fc.record({ delta: either(delta) }), { maxLength: 2 })),
      usage: rubbish,
    }),
  );

  test('give a turn in order: its text is that of the deltas, its ids are unique, all of it is well-formed', () => {
    fc.assert(
      fc.property(fc.array(chunkLike), (chunks) => {
        const { events, turn } = accumulate(chunks);
        const deltas = events.map((event) => (event.type === 'text' ? event.delta : ''));
        expect(deltas.join('')).toBe(turn.text);
        expect(new Set(turn.toolCalls.map(({ callId }) => callId)).size).toBe(turn.toolCalls.length);
        const texts = [...events, ...turn.toolCalls].flatMap((part) => Object.values(part) as string[]);
        expect(texts.filter((part) => !part.isWellFormed() || part.includes('\0') || part === '')).toEqual(
          turn.toolCalls.filter(({ name }) => name === '').map(() => ''),
        );
      }),
      { numRuns: 300 },
    );
  });
});
