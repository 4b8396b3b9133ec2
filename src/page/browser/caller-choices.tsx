import type { ReactElement } from 'react';

import { TokenForm } from './token-form.tsx';
import type { CallerState } from './use-caller.ts';

export interface CallerChoicesProps extends Pick<CallerState<unknown>, 'choose' | 'problem'> {
  readonly offers: NonNullable<CallerState<unknown>['offers']>;
}

/** The ways to become a caller, where there is none: those on offer, and a token of one's own; above them, why the last choice led to none. */
export function CallerChoices({ offers, choose, problem }: CallerChoicesProps): ReactElement {
  return (
    <>
      {problem !== null && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
      {offers.length > 0 && (
        <ul className="callers cards" aria-label="Callers">
          {offers.map(({ id, may, scopes }) => (
            <li key={id}>
              <button type="button" className="card" onClick={() => choose({ type: 'offer', id })}>
                <strong>{id}</strong>
                <span>May {may}.</span>
                <code>{scopes.join(' ')}</code>
              </button>
            </li>
          ))}
        </ul>
      )}
      <TokenForm label={offers.length > 0 ? 'Or paste a token' : 'Token'} choose={choose} />
    </>
  );
}
