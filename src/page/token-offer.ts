import type { IncomingMessage } from 'node:http';

import { isOwnRequest } from './own-request.ts';
import { type PageAnswer, refusal } from './page-answer.ts';

/** A caller that the page can act as. */
export interface TokenOffer {
  readonly id: string;
  /** What the caller may do, in words. */
  readonly may: string;
  readonly scopes: readonly string[];
  readonly token: string;
}

export type OfferTokens = () => Promise<readonly TokenOffer[]>;

/**
 * The tokens on offer, as JSON `{ callers }`; none outside development mode. They are given to pages of this server on this
 * machine only, and to nobody's cache.
 */
export async function answerTokens(
  { headers }: IncomingMessage,
  offerTokens: OfferTokens | undefined,
): Promise<PageAnswer> {
  if (offerTokens === undefined) return toJson([]);
  if (!isOwnRequest(headers)) {
    return refusal(403, 'Tokens are offered only to the page at http://localhost or http://127.0.0.1.');
  }
  return toJson(await offerTokens());
}

function toJson(callers: readonly TokenOffer[]): PageAnswer {
  return {
    status: 200,
    type: 'application/json; charset=utf-8',
    body: JSON.stringify({ callers }),
    headers: { 'cache-control': 'no-store' },
  };
}
