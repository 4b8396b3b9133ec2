/** What is searched: pages of the web, or news. */
export type SearchKind = 'web' | 'news';

export interface SearchResult {
  readonly title: string;
  /** Absolute, http or https. */
  readonly url: string;
  /** Plain text; empty where the service gave none. */
  readonly snippet: string;
  /** Who published it: a name, or the host of `url`. */
  readonly source: string;
  /** ISO 8601; `null` where it is not known. */
  readonly date: string | null;
}

export interface SearchOptions {
  readonly kind: SearchKind;
  /** 1 to 10. */
  readonly maxResults: number;
  /** Aborts when nobody waits for the results any more. */
  readonly signal: AbortSignal;
}

/**
 * A search service. `search` gives the best results first, none when nothing was found. It throws `ToolError` with a sentence
 * that model and clients may read when the service fails, and the signal's reason when that aborts; any other error is hidden
 * from them. What it gives need not be clean: `createWebSearch` bounds the texts and drops addresses that are not of the web.
 */
export interface SearchProvider {
  search(query: string, options: SearchOptions): Promise<readonly SearchResult[]>;
}
