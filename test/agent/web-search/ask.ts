import { createSearchProvider } from '../../../src/agent/web-search/create-search-provider.ts';
import { RequestPace } from '../../../src/agent/web-search/request-pace.ts';
import { SearchClient, type SearchClientOptions } from '../../../src/agent/web-search/search-client.ts';
import { type SearchProvider } from '../../../src/agent/web-search/search-provider.ts';
import { type SearchConfig } from '../../../src/config.ts';

/** A provider at `baseUrl` that does not wait between requests. */
export function createQuickProvider(
  provider: SearchConfig['provider'],
  baseUrl: string,
  options: SearchClientOptions = {},
): SearchProvider {
  const client = new SearchClient({ pace: new RequestPace({ intervalMs: 0 }), ...options });
  return createSearchProvider(
    { provider, apiKey: provider === 'duckduckgo' ? null : 'key-1', baseUrl },
    client,
  );
}
