import type { SearchConfig } from '../../config.ts';
import { createBrave } from './brave.ts';
import { createDuckDuckGo } from './duckduckgo.ts';
import { SearchClient } from './search-client.ts';
import type { SearchProvider } from './search-provider.ts';
import { createTavily } from './tavily.ts';

/**
 * The search service that the settings name, one request a second. An address in the settings is trusted as it is.
 * @throws TypeError when the service needs a key and there is none.
 */
export function createSearchProvider(
  { provider, apiKey, baseUrl }: SearchConfig,
  client: SearchClient = new SearchClient(),
): SearchProvider {
  if (provider === 'duckduckgo') return createDuckDuckGo(client, baseUrl);
  if (apiKey === null) throw new TypeError(`The search provider ${provider} needs a key.`);
  return provider === 'brave'
    ? createBrave(client, { apiKey, baseUrl })
    : createTavily(client, { apiKey, baseUrl });
}
