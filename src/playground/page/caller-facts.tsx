import { type FocusEvent, type KeyboardEvent, type ReactElement } from 'react';

import { useNow } from '../../page/browser/use-now.ts';
import type { Identity } from './identity.ts';

/** What the server says of the token, and of what answers. */
export function CallerFacts({ identity }: { readonly identity: Identity }): ReactElement {
  const { id, isAdmin, expiresAt, models } = identity;
  return (
    <dl className="facts" aria-label="About this token">
      <div>
        <dt>Subject</dt>
        <dd>{isAdmin ? `${id} (admin)` : id}</dd>
      </div>
      <div>
        <dt>Holds</dt>
        <dd>
          <Scopes identity={identity} />
        </dd>
      </div>
      <Expiry at={expiresAt} />
      {models.length > 0 && (
        <div>
          <dt>{models.length === 1 ? 'Model' : 'Models'}</dt>
          <dd>{models.join(', ')}</dd>
        </div>
      )}
    </dl>
  );
}

function Scopes({ identity: { scopes, unknownScopes } }: { readonly identity: Identity }): ReactElement {
  const count = scopes.length + unknownScopes.filter((scope) => !scopes.includes(scope)).length;
  const closeUnlessInside = ({ currentTarget, relatedTarget }: FocusEvent<HTMLDetailsElement>): void => {
    if (!currentTarget.contains(relatedTarget)) currentTarget.open = false;
  };
  const closeByEscape = ({ currentTarget, key }: KeyboardEvent<HTMLDetailsElement>): void => {
    if (key === 'Escape') currentTarget.open = false;
  };
  return (
    <details className="scopes" onBlur={closeUnlessInside} onKeyDown={closeByEscape}>
      <summary>{count === 1 ? '1 scope' : `${count} scopes`}</summary>
      <ul aria-label="Scopes">
        {scopes.map((scope) => (
          <li key={scope}>{scope}</li>
        ))}
        {unknownScopes.map((scope) => (
          <li key={`unknown ${scope}`} className="problem">
            {scope} (unknown here)
          </li>
        ))}
      </ul>
    </details>
  );
}

const TICK_MS = 15_000;

function Expiry({ at }: { readonly at: Date }): ReactElement {
  const leftMs = at.getTime() - useNow(TICK_MS);
  const isOver = leftMs <= 0;
  return (
    <div className={isOver ? 'expired' : ''}>
      <dt>{isOver ? 'Expired' : 'Expires'}</dt>
      <dd>
        <time dateTime={at.toISOString()} title={at.toLocaleString()}>
          {isOver ? `${describeDuration(-leftMs)} ago` : `in ${describeDuration(leftMs)}`}
        </time>
      </dd>
    </div>
  );
}

/** In the largest unit of which there are two. */
function describeDuration(ms: number): string {
  const minutes = Math.max(1, Math.round(ms / 60_000));
  if (minutes < 120) return minutes === 1 ? '1 minute' : `${minutes} minutes`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} hours` : `${Math.round(hours / 24)} days`;
}
