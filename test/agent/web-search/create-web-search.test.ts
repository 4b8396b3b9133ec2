import { describe, expect, it } from 'vitest';

import { checkArguments } from '../../../src/agent/check-arguments.ts';
import { type Tool } from '../../../src/agent/tool.ts';
import { createWebSearch } from '../../../src/agent/web-search/create-web-search.ts';
import { type SearchOptions, type SearchResult } from '../../../src/agent/web-search/search-provider.ts';
import { GrantSet } from '../../../src/scope/grant-set.ts';

const signal = new AbortController().signal;
const principal = { id: 'ann', grants: new GrantSet([], 'agent_os:admin') };

const result = { title: 'T', url: 'https://a.example/', snippet: 'S', source: '', date: null };

function createTools(results: readonly SearchResult[]) {
  const asked: [string, Omit<SearchOptions, 'signal'>][] = [];
  const tools = createWebSearch({
    provider: {
      async search(query, { kind, maxResults }) {
        asked.push([query, { kind, maxResults }]);
        return results;
      },
    },
  });
  const call = async (name: string, args: unknown): Promise<unknown> => {
    const tool = tools.find((candidate) => candidate.name === name) as Tool;
    const checked = checkArguments(tool, JSON.stringify(args));
    if (checked.error !== undefined) throw new Error(checked.error);
    return await tool.run(checked.args, { signal, idempotencyKey: 'k', principal });
  };
  return { tools, asked, call };
}

describe('createWebSearch', () => {
  it('gives two tools that only read, over any provider', async () => {
    const { tools, asked, call } = createTools([result]);
    expect(tools.map(({ name, effect, scope }) => [name, effect, scope])).toEqual([
      ['web_search', 'read', null],
      ['news_search', 'read', null],
    ]);
    expect(await call('web_search', { query: ' owls ' })).toEqual({
      query: 'owls',
      results: [{ ...result, source: 'a.example' }],
    });
    await call('news_search', { query: 'owls', maxResults: 2 });
    expect(asked).toEqual([
      ['owls', { kind: 'web', maxResults: 5 }],
      ['owls', { kind: 'news', maxResults: 2 }],
    ]);
  });

  it('says so when nothing was found', async () => {
    const { call } = createTools([]);
    expect(await call('web_search', { query: 'owls' })).toEqual({
      query: 'owls',
      results: [],
      note: 'Nothing was found.',
    });
  });

  it.each([
    [{}],
    [{ query: '' }],
    [{ query: '  ' }],
    [{ query: 'x'.repeat(401) }],
    [{ query: 'a', maxResults: 99 }],
  ])('does not search with %j', async (args) => {
    const { call, asked } = createTools([]);
    await expect(call('web_search', args)).rejects.toThrow('do not fit');
    expect(asked).toEqual([]);
  });

  it('bounds and cleans what a provider gives, each address once', async () => {
    const { call } = createTools([
      {
        ...result,
        title: `a\u202Eb\n\u{E0041}c\0${'é'.repeat(300)}`,
        snippet: '😀'.repeat(1000),
        source: 'x'.repeat(500),
      },
      { ...result, title: 'again' },
      { ...result, title: ' \u200B ', url: 'https://b.example/' },
      { ...result, url: 'ftp://c.example/' },
      { ...result, url: `https://d.example/${'x'.repeat(3000)}` },
      { ...result, url: '/relative' },
    ]);
    const { results } = (await call('web_search', { query: 'q' })) as { results: SearchResult[] };
    expect(results).toHaveLength(1);
    expect(results[0]?.title).toMatch(/^a b c é+…$/);
    expect(results[0]?.title).toHaveLength(200);
    expect(results[0]?.snippet).toMatch(/^(😀)+…$/u);
    expect(results[0]?.snippet.isWellFormed()).toBe(true);
    expect(results[0]?.source).toHaveLength(100);
  });

  it('gives no more than was asked for', async () => {
    const many = Array.from({ length: 30 }, (_, n) => ({ ...result, url: `https://a.example/${n}` }));
    const { results } = (await createTools(many).call('web_search', { query: 'q', maxResults: 3 })) as {
      results: SearchResult[];
    };
    expect(results).toHaveLength(3);
  });

  it('carries a scope to both tools', () => {
    const tools = createWebSearch({ provider: { search: async () => [] }, scope: 'web:search' });
    expect(tools.map(({ scope }) => scope)).toEqual(['web:search', 'web:search']);
  });
});
