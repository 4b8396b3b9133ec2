import { describe, expect, it } from 'vitest';

import { cleanResults } from '../../../src/agent/web-search/clean-results.ts';
import { createSearchProvider } from '../../../src/agent/web-search/create-search-provider.ts';
import { createQuickProvider } from './ask.ts';
import { startSearchServer } from './search-server.ts';

const signal = new AbortController().signal;

async function search(
  provider: 'brave' | 'tavily',
  { kind = 'web', answer, status = 200 }: { kind?: 'web' | 'news'; answer: unknown; status?: number },
) {
  await using server = await startSearchServer((_, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
  const found = await createQuickProvider(provider, `${server.baseUrl}base`).search('owls', {
    kind,
    maxResults: 3,
    signal,
  });
  return { results: cleanResults(found, 3), request: server.seen[0] };
}

const braveItem = {
  title: 'All about <strong>owls</strong> &amp; others',
  url: 'https://birds.example/owls',
  description: 'The <strong>owl</strong> sees &quot;well&quot;.',
  page_age: '2026-03-04T05:06:07',
  age: 'March 4, 2026',
  profile: { name: 'Birds', long_name: 'birds.example' },
  meta_url: { scheme: 'https', hostname: 'birds.example' },
};
const braveResult = {
  title: 'All about owls & others',
  url: 'https://birds.example/owls',
  snippet: 'The owl sees "well".',
  source: 'Birds',
  date: '2026-03-04T05:06:07.000Z',
};

describe('Brave', () => {
  it('searches the web with the key in a header', async () => {
    const { results, request } = await search('brave', {
      answer: { type: 'search', web: { type: 'search', results: [braveItem] } },
    });
    expect(results).toEqual([braveResult]);
    expect(request?.url.pathname).toBe('/base/web/search');
    expect(Object.fromEntries(request?.url.searchParams ?? [])).toEqual({ q: 'owls', count: '3' });
    expect(request?.headers['x-subscription-token']).toBe('key-1');
  });

  it('searches the news', async () => {
    const { results, request } = await search('brave', {
      kind: 'news',
      answer: { type: 'news', results: [{ ...braveItem, profile: null }] },
    });
    expect(results).toEqual([{ ...braveResult, source: 'birds.example' }]);
    expect(request?.url.pathname).toBe('/base/news/search');
  });

  it('gives an empty list when there is no section of results', async () => {
    expect((await search('brave', { answer: { type: 'search' } })).results).toEqual([]);
  });
});

describe('Tavily', () => {
  const answer = {
    query: 'owls',
    results: [
      {
        title: 'Owls <3',
        url: 'https://birds.example/owls',
        content: 'They see well.',
        score: 0.9,
        published_date: 'Wed, 05 Nov 2025 01:00:00 GMT',
      },
    ],
  };

  it.each([
    ['web', 'general'],
    ['news', 'news'],
  ] as const)('searches %s as topic %s, with the key as a bearer token', async (kind, topic) => {
    const { results, request } = await search('tavily', { kind, answer });
    expect(results).toEqual([
      {
        title: 'Owls <3',
        url: 'https://birds.example/owls',
        snippet: 'They see well.',
        source: 'birds.example',
        date: '2025-11-05T01:00:00.000Z',
      },
    ]);
    expect(request).toMatchObject({ method: 'POST' });
    expect(request?.url.pathname).toBe('/base/search');
    expect(request?.headers.authorization).toBe('Bearer key-1');
    expect(JSON.parse(request?.body ?? '')).toEqual({ query: 'owls', topic, max_results: 3 });
  });
});

describe.each(['brave', 'tavily'] as const)('%s', (provider) => {
  it.each([
    [401, 'refuses the key in SEARCH_API_KEY'],
    [403, 'refuses the key in SEARCH_API_KEY'],
    [429, 'too many requests'],
    [432, 'used up'],
    [500, 'HTTP 500'],
  ])('with HTTP %i is a clear error, without the words of the service', async (status, sentence) => {
    const searching = search(provider, { status, answer: { error: 'secret words' } });
    await expect(searching).rejects.toThrow(sentence);
    await expect(searching).rejects.not.toThrow('secret words');
  });

  it.each([[null], [[]], [{ results: 5, web: 5 }], ['text']])(
    'answering %j is a clear error',
    async (answer) => {
      await expect(search(provider, { answer })).rejects.toThrow('cannot be read');
    },
  );

  it('needs a key', () => {
    expect(() => createSearchProvider({ provider, apiKey: null, baseUrl: null })).toThrow(TypeError);
  });
});
