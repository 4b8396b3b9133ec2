import { isRecord } from '../../lib/is-record.ts';
import { createServiceUrl } from './create-service-url.ts';
import { toPlainText } from './plain-text.ts';
import { readJsonAnswer, readText, requireGranted, unreadable } from './read-answer.ts';
import type { SearchClient } from './search-client.ts';
import type { SearchProvider, SearchResult } from './search-provider.ts';
import { toIsoDate } from './to-iso-date.ts';

const BASE_URL = 'https://api.search.brave.com/res/v1/';

/** Brave's Search API, web and news. */
export function createBrave(
  client: SearchClient,
  { apiKey, baseUrl }: { apiKey: string; baseUrl: string | null },
) {
  const headers = { accept: 'application/json', 'x-subscription-token': apiKey };
  const provider: SearchProvider = {
    async search(query, { kind, maxResults, signal }) {
      const fields = { q: query, count: String(maxResults) };
      const url = createServiceUrl(baseUrl ?? BASE_URL, { path: `${kind}/search`, query: fields });
      const json = readJsonAnswer(requireGranted(await client.request({ url, headers, signal })));
      return readResults(kind === 'web' ? json['web'] : json);
    },
  };
  return provider;
}

/** Web results stand in a section of their own, which is missing when there are none. */
function readResults(section: unknown): SearchResult[] {
  if (section === undefined || section === null) return [];
  const results = isRecord(section) ? (section['results'] ?? []) : null;
  if (!Array.isArray(results)) throw unreadable();
  return results.filter(isRecord).map((item) => ({
    title: toPlainText(readText(item['title'])),
    url: readText(item['url']),
    snippet: toPlainText(readText(item['description'])),
    source: isRecord(item['profile']) ? readText(item['profile']['name']) : '',
    date: toIsoDate(item['page_age']),
  }));
}
