import type { ReactElement } from 'react';

import type { Identity } from './identity.ts';
import type { CallerState } from '../../page/browser/use-caller.ts';
import { TokenForm } from '../../page/browser/token-form.tsx';

export interface WelcomeProps extends Pick<CallerState<Identity>, 'choose' | 'problem'> {
  readonly offers: NonNullable<CallerState<Identity>['offers']>;
}

/** What there is to see without a token: why one is needed, and how to get one. */
export function Welcome({ offers, choose, problem }: WelcomeProps): ReactElement {
  return (
    <div className="welcome">
      <h2>Who is asking?</h2>
      <p>
        Every field of this API names the scope that it needs, and the schema itself is shown to holders of a
        token only.
        {offers.length > 0
          ? ' This server is in development mode and offers the tokens of five callers: pick one to see the API with their eyes.'
          : ' Paste a token of yours to go on.'}
      </p>
      {problem !== null && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
      {offers.length > 0 && (
        <ul className="callers" aria-label="Callers">
          {offers.map(({ id, may, scopes }) => (
            <li key={id}>
              <button type="button" onClick={() => choose({ type: 'offer', id })}>
                <strong>{id}</strong>
                <span>May: {may}.</span>
                <code>{scopes.join(' ')}</code>
              </button>
            </li>
          ))}
        </ul>
      )}
      <TokenForm label={offers.length > 0 ? 'Or paste a token' : 'Token'} choose={choose} />
    </div>
  );
}
