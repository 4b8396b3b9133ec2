import { useCallback, useEffect, useState } from 'react';

import { type Choice, keepChoice, readChoice } from './choice.ts';
import { type Offer, type PageName, readOffers } from './offer.ts';
import { readToken } from './read-token.ts';

export interface Caller<TIdentity> {
  readonly token: string;
  readonly identity: TIdentity;
}

export interface CallerState<TIdentity> {
  /** `null` until the server has said what it offers. */
  readonly offers: readonly Offer[] | null;
  readonly choice: Choice | null;
  /** `null` until the server has said who the token's holder is. */
  readonly caller: Caller<TIdentity> | null;
  /** Why the choice leads to no caller. */
  readonly problem: string | null;
  choose(choice: Choice): void;
}

/** Where tokens are on offer, and who says whose they are. Make one per page. */
export interface CallerSource<TIdentity> {
  readonly page: PageName;
  /** Throws an `Error` with words for the reader. */
  identify(token: string): Promise<TIdentity>;
}

/** Whom the page acts as: what is on offer, what was chosen, and what the server says of it. */
export function useCaller<TIdentity>(source: CallerSource<TIdentity>): CallerState<TIdentity> {
  const offers = useOffers(source.page);
  const [choice, setChoice] = useState(readChoice);
  const [answer, setAnswer] = useState<Pick<CallerState<TIdentity>, 'caller' | 'problem'>>(NO_ANSWER);

  useEffect(() => {
    if (choice === null) return;
    let isCurrent = true;
    const settle = (next: typeof answer): void => {
      if (isCurrent) setAnswer(next);
    };
    identify(source, choice).then(
      (caller) => settle({ caller, problem: null }),
      (error: Error) => settle({ caller: null, problem: error.message }),
    );
    return () => {
      isCurrent = false;
    };
  }, [source, choice]);

  const choose = useCallback((next: Choice) => {
    keepChoice(next);
    setAnswer(NO_ANSWER);
    setChoice(next);
  }, []);
  return { offers, choice, choose, ...answer };
}

const NO_ANSWER = { caller: null, problem: null };

function useOffers(page: PageName): readonly Offer[] | null {
  const [offers, setOffers] = useState<readonly Offer[] | null>(null);
  useEffect(() => {
    // Without an answer nothing is on offer; the operations will say that the server is away.
    readOffers(page).then(setOffers, () => setOffers([]));
  }, [page]);
  return offers;
}

async function identify<TIdentity>(
  { page, identify }: CallerSource<TIdentity>,
  choice: Choice,
): Promise<Caller<TIdentity>> {
  const token = await readToken(page, choice);
  return { token, identity: await identify(token) };
}
