import type { ReactElement } from 'react';

import icon from '../../page/browser/icon.svg';
import { TokenForm } from '../../page/browser/token-form.tsx';
import type { CallerState } from '../../page/browser/use-caller.ts';
import type { Identity } from './identity.ts';

export interface WelcomeProps extends Pick<CallerState<Identity>, 'choose' | 'problem'> {
  readonly offers: NonNullable<CallerState<Identity>['offers']>;
}

/** What there is to see without a token: how to get one. */
export function Welcome({ offers, choose, problem }: WelcomeProps): ReactElement {
  return (
    <main className="welcome">
      <p className="brand">
        <img src={icon} alt="" width="24" height="24" /> Ambit console
      </p>
      <h1>Who is asking?</h1>
      <p>
        What you see here depends on the scopes of your token.
        {offers.length > 0
          ? ' This server is in development mode and offers the tokens of five callers: pick one to see with their eyes.'
          : ' Paste one to go on.'}
      </p>
      {problem !== null && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
      {offers.length > 0 && (
        <ul className="cards" aria-label="Callers">
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
    </main>
  );
}
