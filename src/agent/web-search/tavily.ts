import { isRecord } from '../../lib/is-record.ts';
import { createServiceUrl } from './create-service-url.ts';
import { readJsonAnswer, readText, requireGranted, unreadable } from './read-answer.ts';
import type { SearchClient } from './search-client.ts';
import type { SearchProvider } from './search-provider.ts';
import { toIsoDate } from './to-iso-date.ts';

const BASE_URL = 'https://api.tavily.com/';

/** Tavily's search, general and news. */
export function createTavily(
  client: SearchClient,
  { apiKey, baseUrl }: { apiKey: string; baseUrl: string | null },
) {
  const url = createServiceUrl(baseUrl ?? BASE_URL, { path: 'search' });
  const headers = { accept: 'application/json', authorization: `Bearer ${apiKey}` };
  const provider: SearchProvider = {
    async search(query, { kind, maxResults, signal }) {
      const json = { query, topic: kind === 'news' ? 'news' : 'general', max_results: maxResults };
      const { results } = readJsonAnswer(
        requireGranted(await client.request({ url, headers, json, signal })),
      );
      if (!Array.isArray(results)) throw unreadable();
      return results.filter(isRecord).map((item) => ({
        title: readText(item['title']),
        url: readText(item['url']),
        snippet: readText(item['content']),
        source: '',
        date: toIsoDate(item['published_date']),
      }));
    },
  };
  return provider;
}
