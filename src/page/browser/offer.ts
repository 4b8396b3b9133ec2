/** Each page has tokens of its own to ask for: another may be switched off. */
export type PageName = 'playground' | 'console';

/** A caller that the server offers a token for. */
export interface Offer {
  readonly id: string;
  /** What the caller may do, in words. */
  readonly may: string;
  readonly scopes: readonly string[];
  readonly token: string;
}

/** The callers on offer: in development mode, to a page opened at a loopback address; else none. */
export async function readOffers(page: PageName): Promise<readonly Offer[]> {
  const response = await fetch(`/${page}/tokens`, { cache: 'no-store' });
  if (!response.ok) return [];
  // The server's own answer, in the form that it gives it.
  const { callers } = (await response.json()) as { readonly callers: readonly Offer[] };
  return callers;
}
