import type { ReactElement } from 'react';

import { CallerChoices, type CallerChoicesProps } from '../../page/browser/caller-choices.tsx';

/** What there is to see without a token: why one is needed, and how to get one. */
export function Welcome({ offers, choose, problem }: CallerChoicesProps): ReactElement {
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
      <CallerChoices {...{ offers, choose, problem }} />
    </div>
  );
}
