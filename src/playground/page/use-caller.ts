import { useCallback, useEffect, useState } from 'react';

import { type Choice, keepChoice, readChoice } from './choice.ts';
import { type Identity, readIdentity } from './identity.ts';
import { type Offer, readOffers } from './offer.ts';

export interface Caller {
  readonly token: string;
  readonly identity: Identity;
}

export interface CallerState {
  /** `null` until the server has said what it offers. */
  readonly offers: readonly Offer[] | null;
  readonly choice: Choice | null;
  /** `null` until the server has said who the token's holder is. */
  readonly caller: Caller | null;
  /** Why the choice leads to no caller. */
  readonly problem: string | null;
  choose(choice: Choice): void;
}

/** Whom the page acts as: what is on offer, what was chosen, and what the server says of it. */
export function useCaller(): CallerState {
  const offers = useOffers();
  const [choice, setChoice] = useState(readChoice);
  const [answer, setAnswer] = useState<Pick<CallerState, 'caller' | 'problem'>>(NO_ANSWER);

  useEffect(() => {
    if (choice === null) return;
    let isCurrent = true;
    const settle = (next: typeof answer): void => {
      if (isCurrent) setAnswer(next);
    };
    identify(choice).then(
      (caller) => settle({ caller, problem: null }),
      (error: Error) => settle({ caller: null, problem: error.message }),
    );
    return () => {
      isCurrent = false;
    };
  }, [choice]);

  const choose = useCallback((next: Choice) => {
    keepChoice(next);
    setAnswer(NO_ANSWER);
    setChoice(next);
  }, []);
  return { offers, choice, choose, ...answer };
}

const NO_ANSWER = { caller: null, problem: null };

function useOffers(): readonly Offer[] | null {
  const [offers, setOffers] = useState<readonly Offer[] | null>(null);
  useEffect(() => {
    // Without an answer nothing is on offer; the operations will say that the server is away.
    readOffers().then(setOffers, () => setOffers([]));
  }, []);
  return offers;
}

async function identify(choice: Choice): Promise<Caller> {
  const token = choice.type === 'token' ? choice.token : await readOffer(choice.id);
  return { token, identity: await readIdentity(token) };
}

/** Asked for anew: a token lasts a day, and a key perhaps as long as the server's process. */
async function readOffer(id: string): Promise<string> {
  const offers = await readOffers();
  const offer = offers.find((candidate) => candidate.id === id);
  if (offer === undefined) throw new Error(`The server offers no token for ${id}.`);
  return offer.token;
}
