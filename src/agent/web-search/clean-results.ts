import { toWellFormedText } from '../../lib/to-well-formed-text.ts';
import { truncateText } from '../../lib/truncate-text.ts';
import type { SearchResult } from './search-provider.ts';

const MAX_TITLE_LENGTH = 200;
const MAX_SNIPPET_LENGTH = 600;
const MAX_SOURCE_LENGTH = 100;
const MAX_URL_LENGTH = 2000;

/**
 * The first `maxResults` of what a service found that have a title and an address of the web, each address once. Texts are on
 * one line, bounded, and free of characters that show nothing or turn the writing direction.
 */
export function cleanResults(found: readonly SearchResult[], maxResults: number): SearchResult[] {
  const byUrl = new Map<string, SearchResult>();
  for (const result of found) {
    const clean = cleanResult(result);
    if (clean !== null && !byUrl.has(clean.url)) byUrl.set(clean.url, clean);
    if (byUrl.size >= maxResults) break;
  }
  return [...byUrl.values()];
}

function cleanResult({ title, url, snippet, source, date }: SearchResult): SearchResult | null {
  const address = toWebUrl(url);
  const cleanTitle = cleanText(title, MAX_TITLE_LENGTH);
  if (address === null || cleanTitle === '') return null;
  return {
    title: cleanTitle,
    url: address.href,
    snippet: cleanText(snippet, MAX_SNIPPET_LENGTH),
    source: cleanText(source, MAX_SOURCE_LENGTH) || address.hostname.replace(/^www\./, ''),
    date,
  };
}

/** An absolute http or https address without credentials, which would make a host look like another; else `null`. */
function toWebUrl(text: string): URL | null {
  if (text.length > MAX_URL_LENGTH || !URL.canParse(text)) return null;
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return null;
  url.username = '';
  url.password = '';
  return url.href.length > MAX_URL_LENGTH ? null : url;
}

/** Control characters, marks that turn the direction of writing, and the invisible tag characters. */
const UNSEEN = /[\p{Cc}\u061C\u200B\u200E\u200F\u202A-\u202E\u2060\u2066-\u2069\uFEFF\u{E0000}-\u{E007F}]+/gu;

function cleanText(text: string, maxLength: number): string {
  const bounded = text.slice(0, maxLength * 10);
  return truncateText(
    toWellFormedText(bounded.replace(UNSEEN, ' ').replaceAll(/\s+/g, ' ').trim()),
    maxLength,
  );
}
