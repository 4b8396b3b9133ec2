import type { ReactElement } from 'react';

import icon from '../../page/browser/icon.svg';
import { CallerChoices, type CallerChoicesProps } from '../../page/browser/caller-choices.tsx';

/** What there is to see without a token: how to get one. */
export function Welcome({ offers, choose, problem }: CallerChoicesProps): ReactElement {
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
      <CallerChoices {...{ offers, choose, problem }} />
    </main>
  );
}
