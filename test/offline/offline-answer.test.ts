import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { type Conversation, readConversation } from '../../src/offline/conversation.ts';
import { answerOffline } from '../../src/offline/offline-answer.ts';

function ask(question: string, rest: Partial<Conversation> = {}): Conversation {
  return { question, instructions: '', earlier: [], results: [], tools: new Set(), ...rest };
}

function textOf(conversation: Conversation): string {
  const answer = answerOffline(conversation);
  if (answer.type !== 'text') throw new Error(`It calls ${answer.call.name}.`);
  return answer.text;
}

const SEARCH = new Set(['web_search', 'news_search']);
const DEMO = new Set([...SEARCH, 'summarize_numbers', 'server_status', 'announce']);

describe('a question that asks for a tool on offer', () => {
  it.each<[string, string, object]>([
    ['Search the web for GraphQL directives', 'web_search', { query: 'GraphQL directives' }],
    ['please look up owls?', 'web_search', { query: 'owls' }],
    ['What is the weather in Oslo today?', 'web_search', { query: 'weather in Oslo today' }],
    ["What is the latest news about Google's chips?", 'news_search', { query: "Google's chips" }],
    ['News!', 'news_search', { query: 'News' }],
    ['search', 'web_search', { query: 'search' }],
    ['The mean of 1, 2 and 6?', 'summarize_numbers', { numbers: [1, 2, 6] }],
    ['How is the server doing?', 'server_status', {}],
    ['Please announce that  tea\n is ready.', 'announce', { text: 'tea is ready.' }],
    ['Announce: news!', 'announce', { text: 'news!' }],
  ])('%j calls %s with %j', (question, name, args) => {
    expect(answerOffline(ask(question, { tools: DEMO }))).toEqual({
      type: 'call',
      call: { name, arguments: args },
    });
  });

  it('searches the web for news where no other search is on offer', () => {
    const answer = answerOffline(ask('news about owls', { tools: new Set(['web_search']) }));
    expect(answer).toMatchObject({ call: { name: 'web_search', arguments: { query: 'owls' } } });
  });

  it('keeps a long question to the length of a query', () => {
    const answer = answerOffline(ask(`search ${'owl '.repeat(5000)}`, { tools: DEMO }));
    expect(answer.type === 'call' && String(answer.call.arguments['query']).length).toBe(200);
  });

  it('is a call no more once there is a result', () => {
    const results = [{ tool: 'web_search', content: '{"query":"owls","results":[]}' }];
    expect(textOf(ask('search owls', { tools: DEMO, results }))).toContain('found nothing for “owls”');
  });
});

describe('a question that asks for a tool that is not on offer', () => {
  it('is told so when the instructions name the tool', () => {
    const instructions = 'Use server_status when asked about it.';
    const text = textOf(ask('How is the server doing?', { instructions }));
    expect(text).toContain('server_status, which this run is not offered');
    expect(text).toContain('offline model');
  });

  it('is a question like any other when they do not', () => {
    expect(textOf(ask('How is the server doing?'))).not.toContain('server_status');
  });
});

describe('the result of a tool', () => {
  it.each<[string, string, string[]]>([
    [
      'web_search',
      JSON.stringify({
        query: 'owls',
        results: [
          {
            title: 'Owls',
            url: 'https://a.example/',
            snippet: 'They see well.',
            source: 'a.example',
            date: '2026-10-31T00:00:00.000Z',
          },
          { title: 'More', url: 'https://b.example/', snippet: '', source: 'b.example', date: null },
        ],
      }),
      [
        '1. Owls (a.example, 2026-10-31): They see well.\n   https://a.example/',
        '2. More (b.example)\n   https://b.example/',
      ],
    ],
    [
      'news_search',
      'The search service cannot be reached.',
      ['news_search failed: The search service cannot be reached.'],
    ],
    ['web_search', '{"results":5}', ['web_search answered: {"results":5}']],
    [
      'summarize_numbers',
      JSON.stringify({
        count: 3,
        sum: 9,
        mean: 3,
        median: 2,
        minimum: 1,
        maximum: 6,
        standardDeviation: 2.160_246_899,
      }),
      ['3 numbers: the mean is 3, the median 2, the sum 9.', 'from 1 to 6', '2.16025'],
    ],
    [
      'server_status',
      '{"uptimeSeconds":5,"residentMegabytes":180,"nodeVersion":"v24.0.0"}',
      ['up for 5 seconds', '180 MB', 'v24.0.0'],
    ],
    ['announce', '{"announced":"tea"}', ['I announced: “tea”']],
    ['announce', 'The call was refused.', ['announce failed: The call was refused.']],
    ['read_order', '{"state":"sent"}', ['read_order answered: {"state":"sent"}']],
    ['read_order', 'There is no such order.', ['read_order answered: There is no such order.']],
  ])('of %s %j is told', (tool, content, parts) => {
    const text = textOf(ask('x', { results: [{ tool, content }] }));
    for (const part of parts) expect(text).toContain(part);
    expect(text).toContain('offline model');
  });
});

describe('anything else', () => {
  it('gets varied replies', () => {
    const questions = Array.from({ length: 60 }, (_, n) => `Explain topic ${n}`);
    const shapes = questions.map((question) =>
      textOf(ask(question, { instructions: 'You teach. Be kind.', earlier: ['One', 'Two'] })).replace(
        question,
        '',
      ),
    );
    expect(new Set(shapes).size).toBeGreaterThanOrEqual(10);
  });

  it('gets another reply later in the conversation', () => {
    const replies = [[], ['a'], ['a', 'b'], ['a', 'b', 'c']].map((earlier) =>
      textOf(ask('Why?', { earlier })),
    );
    expect(new Set(replies).size).toBeGreaterThan(1);
  });

  it.each([
    ['Hello!', {}, 'Hello! I am the offline model'],
    ['Who are you?', { instructions: 'You are a poet. Be brief.' }, 'begin with “You are a poet”'],
    ['What did I say?', { earlier: ['Owls are birds.'] }, 'You said before: “Owls are birds.”'],
    ['Do you remember?', {}, 'the first message'],
    ['Thank you', {}, 'You are welcome'],
  ])('%j with %j: %s', (question, rest, part) => {
    expect(textOf(ask(question, rest))).toContain(part);
  });

  it('is answered the same way each time, well-formed, and says that it is the offline model', () => {
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ maxLength: 2000 }));
    fc.assert(
      fc.property(text, fc.array(text, { maxLength: 3 }), text, (question, earlier, instructions) => {
        const conversation = ask(question, { earlier, instructions });
        const reply = textOf(conversation);
        expect(reply).toContain('offline model');
        expect(reply.isWellFormed()).toBe(true);
        expect(textOf(conversation)).toBe(reply);
      }),
    );
  });

  it('is answered in time in proportion to its length', () => {
    for (const unit of ['1,', '1 ', 'the ', '-1', '\n', 'good morning ', '1.', '9']) {
      expect(textOf(ask(unit.repeat(200_000)))).toContain('offline model');
    }
  });
});

describe('readConversation', () => {
  it('takes the results since the last question, by the names of their calls', () => {
    const call = (id: string, name: string) => ({ id, function: { name } });
    expect(
      readConversation({
        messages: [
          { role: 'system', content: 'Be brief.' },
          { role: 'user', content: 'One' },
          { role: 'assistant', content: null, tool_calls: [call('1', 'a')] },
          { role: 'tool', tool_call_id: '1', content: 'old' },
          { role: 'assistant', content: 'Done.' },
          { role: 'user', content: 'Two' },
          { role: 'assistant', content: null, tool_calls: [call('2', 'b'), call('3', 'c')] },
          { role: 'tool', tool_call_id: '3', content: 'new' },
          { role: 'tool', tool_call_id: '9', content: 'lost' },
        ],
        tools: [{ function: { name: 'b' } }],
      }),
    ).toEqual({
      instructions: 'Be brief.',
      question: 'Two',
      earlier: ['One'],
      results: [
        { tool: 'c', content: 'new' },
        { tool: 'a tool', content: 'lost' },
      ],
      tools: new Set(['b']),
    });
  });

  it('of nothing is empty', () => {
    expect(readConversation({ messages: [] })).toMatchObject({ question: '', earlier: [], results: [] });
  });
});
