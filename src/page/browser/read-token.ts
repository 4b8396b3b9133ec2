import type { Choice } from './choice.ts';
import { type PageName, readOffers } from './offer.ts';

/**
 * The token of whom the page acts as. One on offer is asked for anew: it lasts a day, and a key perhaps as long as the server's process.
 * @throws Error when the server offers none for that caller.
 */
export async function readToken(page: PageName, choice: Choice): Promise<string> {
  if (choice.type === 'token') return choice.token;
  const offers = await readOffers(page);
  const offer = offers.find(({ id }) => id === choice.id);
  if (offer === undefined) throw new Error(`The server offers no token for ${choice.id}.`);
  return offer.token;
}
