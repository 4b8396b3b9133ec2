import { describe, expect, it } from 'vitest';

import { cleanResults } from '../../../src/agent/web-search/clean-results.ts';
import { ToolError } from '../../../src/errors.ts';
import { createQuickProvider } from './ask.ts';
import { readPage, startSearchServer } from './search-server.ts';

const signal = new AbortController().signal;

async function search(kind: 'web' | 'news', pages: Readonly<Record<string, string>>, status = 200) {
  await using server = await startSearchServer(({ url }, response) => {
    response.writeHead(status, { 'content-type': 'text/html; charset=UTF-8' }).end(pages[url.pathname] ?? '');
  });
  const provider = createQuickProvider('duckduckgo', server.baseUrl);
  const found = await provider.search('graphql directives', { kind, maxResults: 10, signal });
  return { results: cleanResults(found, 10), seen: server.seen };
}

describe('a web search with DuckDuckGo', () => {
  it('reads the results of its page: targets decoded, markup and entities gone, advertisements left out', async () => {
    const { results, seen } = await search('web', { '/html/': await readPage('web.html') });
    expect(results).toEqual([
      {
        title: "Schema Directives & You 'explained'",
        url: 'https://docs.example.org/schema/directives?v=16&lang=en',
        snippet: 'A directive decorates part of a GraphQL schema — fields, types <T> and arguments.',
        source: 'docs.example.org',
        date: '2026-10-31T00:00:00.000Z',
      },
      {
        title: 'Café des directives',
        url: 'https://www.xn--caf-dma.example/m%C3%A9nu',
        snippet: 'Ouvert tous les jours.',
        source: 'xn--caf-dma.example',
        date: null,
      },
      {
        title: 'Type System Directives',
        url: 'https://spec.example.net/draft/#sec-Type-System.Directives',
        snippet: '',
        source: 'spec.example.net',
        date: null,
      },
    ]);
    expect(seen.map(({ method, url }) => [method, url.searchParams.get('q')])).toEqual([
      ['GET', 'graphql directives'],
    ]);
    expect(seen[0]?.headers['user-agent']).toContain('Ambit/');
  });

  it('gives an empty list when the page says that there is nothing', async () => {
    const { results } = await search('web', { '/html/': await readPage('nothing.html') });
    expect(results).toEqual([]);
  });

  it.each([
    ['javascript:alert(1)'],
    ['data:text/html,x'],
    ['//duckduckgo.com/l/?uddg=javascript%3Aalert(1)'],
    ['//duckduckgo.com/l/?uddg=%2F%2Fduckduckgo.com%2Fy.js'],
    ['//duckduckgo.com/l/?rut=1'],
    ['https://duckduckgo.com/y.js?ad_domain=shop.example'],
    ['file:///etc/passwd'],
    ['http://[broken'],
    [''],
  ])('leaves out a result that leads to %j', async (href) => {
    const page = `<div class="result"><a class="result__a" href="${href}">Trap</a></div>
      <div class="result"><a class="result__a" href="https://good.example/">Good</a></div>`;
    const { results } = await search('web', { '/html/': page });
    expect(results.map(({ url }) => url)).toEqual(['https://good.example/']);
  });

  it('does not show credentials in an address, which would make its host look like another', async () => {
    const page =
      '<div class="result"><a class="result__a" href="https://bank.example@evil.example/">A</a></div>';
    const { results } = await search('web', { '/html/': page });
    expect(results[0]).toMatchObject({ url: 'https://evil.example/', source: 'evil.example' });
  });

  it.each([202, 403, 429])('says that it is refused when the answer is HTTP %i', async (status) => {
    const pages = { '/html/': await readPage('challenge.html') };
    await expect(search('web', pages, status)).rejects.toThrow(/refuses automated searches.*SEARCH_PROVIDER/);
  });

  it('says that it is refused when the challenge comes with HTTP 200', async () => {
    const pages = { '/html/': await readPage('challenge.html') };
    await expect(search('web', pages)).rejects.toThrow('refuses automated searches');
  });

  it.each([
    ['garbage', '\u0000<<<>><a <b c="'],
    ['nothing', ''],
    ['a page without results', '<html><body><h1>Welcome</h1></body></html>'],
    ['elements nested without end', '<div class="result">'.repeat(100_000)],
    ['elements that close what never opened', '<div>'.repeat(100_000) + '</p></b></i>'.repeat(100_000)],
    ['an attribute without end', `<a class="${'x '.repeat(500_000)}`],
    ['a comment without end', `<!--${'-'.repeat(1_000_000)}`],
    ['open brackets', '<'.repeat(1_000_000)],
    ['entities', '&amp'.repeat(250_000)],
  ])('says that it cannot read %s', async (_, page) => {
    const searching = search('web', { '/html/': page });
    await expect(searching).rejects.toThrow('The answer of the search service cannot be read.');
    await expect(searching).rejects.toThrow(ToolError);
  });

  it('names any other status', async () => {
    await expect(search('web', {}, 503)).rejects.toThrow('The search service answered with HTTP 503.');
  });

  it('takes the first title of a result that has links to parts of its site', async () => {
    const page = `<div class="result"><a class="result__a" href="https://a.example/">Site</a>
      <a class="result__snippet">First.</a>
      <a class="result__a" href="https://a.example/part">Part</a><a class="result__snippet">Second.</a></div>`;
    const { results } = await search('web', { '/html/': page });
    expect(results).toMatchObject([{ title: 'Site', url: 'https://a.example/', snippet: 'First.' }]);
  });

  it('leaves out what scripts in a title say, and reads results whose elements are not closed', async () => {
    const page = `<div class="result"><a class="result__a" href="https://a.example/">One<script>steal()</script>
      <div class="result"><a class="result__a" href="https://b.example/">Two<br>lines`;
    const { results } = await search('web', { '/html/': page });
    expect(results.map(({ title }) => title)).toEqual(['One', 'Two lines']);
  });
});

describe('a news search with DuckDuckGo', () => {
  it("takes the page's token, then reads the news: publishers, dates, clean text", async () => {
    const pages = { '/': await readPage('home.html'), '/news.js': await readPage('news.json') };
    const { results, seen } = await search('news', pages);
    expect(results).toEqual([
      {
        title: 'GraphQL turns eleven & celebrates',
        url: 'https://times.example/2026/graphql-eleven',
        snippet: 'The GraphQL foundation said on Monday that "everything" stays open.',
        source: 'Example Times',
        date: '2025-11-24T10:00:00.000Z',
      },
      {
        title: 'Schemas everywhere',
        url: 'https://www.daily.example/schemas',
        snippet: 'A short one.',
        source: 'daily.example',
        date: '2025-11-23T10:00:00.000Z',
      },
    ]);
    expect(seen.map(({ url }) => [url.pathname, url.searchParams.get('vqd')])).toEqual([
      ['/', null],
      ['/news.js', '4-248132164119310237468013'],
    ]);
  });

  it('gives an empty list for no news', async () => {
    const { results } = await search('news', { '/': 'vqd=4-123456&x', '/news.js': '{"results":[]}' });
    expect(results).toEqual([]);
  });

  it.each([
    ['no token in the page', { '/': '<html></html>' }, 'cannot be read'],
    ['a challenge in place of the page', { '/': '<form id="challenge-form">' }, 'refuses automated'],
    [
      'scripts in place of JSON',
      { '/': 'vqd="4-123456"', '/news.js': 'window.execDeep=0' },
      'cannot be read',
    ],
    ['JSON without results', { '/': 'vqd="4-123456"', '/news.js': '{"results":{}}' }, 'cannot be read'],
    ['a list', { '/': 'vqd="4-123456"', '/news.js': '[]' }, 'cannot be read'],
  ])('with %s is a clear error', async (_, pages, sentence) => {
    await expect(search('news', pages)).rejects.toThrow(sentence);
  });
});
