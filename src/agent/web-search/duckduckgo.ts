import { ToolError } from '../../errors.ts';
import { isRecord } from '../../lib/is-record.ts';
import { readPackageVersion } from '../../lib/package-version.ts';
import { createServiceUrl } from './create-service-url.ts';
import { toPlainText } from './plain-text.ts';
import { readJsonAnswer, readText, unreadable } from './read-answer.ts';
import { type PageResult, parseResultPage } from './result-page.ts';
import type { SearchAnswer, SearchClient } from './search-client.ts';
import type { SearchProvider, SearchResult } from './search-provider.ts';
import { toIsoDate } from './to-iso-date.ts';

/** The page for browsers without scripts. */
const HTML_URL = 'https://html.duckduckgo.com/';
const HOME_URL = 'https://duckduckgo.com/';
/** How it answers callers that it takes for robots. */
const REFUSALS: ReadonlySet<number> = new Set([202, 403, 429]);

/**
 * DuckDuckGo, which needs no key: the web through its page for browsers without scripts, news through the JSON that its own
 * page loads. It is made for people, and turns away who asks often. `baseUrl` stands in place of both its hosts.
 */
export function createDuckDuckGo(client: SearchClient, baseUrl: string | null): SearchProvider {
  const headers = {
    'user-agent': `Mozilla/5.0 (compatible; Ambit/${readPackageVersion()})`,
    'accept-language': 'en',
  };
  const ask = async (url: URL, signal: AbortSignal): Promise<SearchAnswer> =>
    requireAnswered(await client.request({ url, headers, signal }));
  return {
    async search(query, { kind, signal }) {
      if (kind === 'web') {
        const url = createServiceUrl(baseUrl ?? HTML_URL, {
          path: 'html/',
          query: { q: query, kl: 'wt-wt' },
        });
        return readPage(await ask(url, signal));
      }
      const home = createServiceUrl(baseUrl ?? HOME_URL, {
        path: '',
        query: { q: query, iar: 'news', ia: 'news' },
      });
      const vqd = readVqd(await ask(home, signal));
      const fields = { l: 'wt-wt', o: 'json', noamp: '1', q: query, vqd, p: '-1' };
      const news = createServiceUrl(baseUrl ?? HOME_URL, { path: 'news.js', query: fields });
      return readNews(await ask(news, signal));
    },
  };
}

function requireAnswered(answer: SearchAnswer): SearchAnswer {
  if (REFUSALS.has(answer.status)) throw refused();
  if (answer.status !== 200) throw new ToolError(`The search service answered with HTTP ${answer.status}.`);
  return answer;
}

function refused(): ToolError {
  return new ToolError(
    'DuckDuckGo refuses automated searches for now. Wait some minutes before the next one, or have another provider set with SEARCH_PROVIDER.',
  );
}

function readPage({ text }: SearchAnswer): SearchResult[] {
  const page = parseResultPage(text);
  if (page === null) throw unreadable();
  if (page.isChallenge) throw refused();
  if (page.results.length === 0 && !page.saysNothingFound) throw unreadable();
  return page.results.map((result) => toResult(result));
}

function toResult({ title, href, snippet, extras }: PageResult): SearchResult {
  const [day = null] = /\b\d{4}-\d{2}-\d{2}(?:T[\d:.]+)?/.exec(extras) ?? [];
  return { title, url: readTarget(href), snippet, source: '', date: toIsoDate(day) };
}

/** Where a link of the page leads: DuckDuckGo's own links name their target in `uddg`. Empty for what leads to an advertisement. */
function readTarget(href: string): string {
  if (!URL.canParse(href, HOME_URL)) return '';
  const url = new URL(href, HOME_URL);
  if (!/(^|\.)duckduckgo\.com$/.test(url.hostname)) return url.href;
  if (url.pathname === '/y.js') return '';
  const target = url.pathname === '/l/' ? url.searchParams.get('uddg') : url.href;
  return target === null || target.includes('duckduckgo.com/y.js') ? '' : target;
}

/** The token that its page hands to its own scripts, for this query. */
function readVqd({ text }: SearchAnswer): string {
  const [, vqd] = /\bvqd["']?\s*[=:]\s*["']?(\d[\w-]{5,200})/.exec(text) ?? [];
  if (vqd !== undefined) return vqd;
  throw parseResultPage(text)?.isChallenge === true ? refused() : unreadable();
}

function readNews(answer: SearchAnswer): SearchResult[] {
  const { results } = readJsonAnswer(answer);
  if (!Array.isArray(results)) throw unreadable();
  return results.filter(isRecord).map((item) => ({
    title: toPlainText(readText(item['title'])),
    url: readText(item['url']),
    snippet: toPlainText(readText(item['excerpt'])),
    source: toPlainText(readText(item['source'])),
    date: toIsoDate(item['date']),
  }));
}
