import { type ReactElement, useEffect, useState } from 'react';

import type { AmbitClient } from '../../client/ambit-client.ts';
import { type AccessEntry, readAccessMap } from './access-map.ts';
import { AccessTable } from './access-table.tsx';
import { toWords } from './error-words.ts';
import type { Identity } from './identity.ts';

export interface AccessViewProps {
  readonly client: AmbitClient;
  readonly identity: Identity;
}

/** Columns for which the usual width is enough. */
const ROOM_FOR_SCOPES = 6;

/** What the token opens: every guarded place of the API, by each of the token's scopes. */
export function AccessView({ client, identity }: AccessViewProps): ReactElement {
  const [entries, setEntries] = useState<readonly AccessEntry[] | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    readAccessMap(client).then(setEntries, (error: unknown) => setProblem(toWords(error)));
  }, [client]);
  const { id, scopes, unknownScopes } = identity;
  const known = scopes.filter((scope) => !unknownScopes.includes(scope));
  return (
    <div className="scroller">
      <div className={known.length > ROOM_FOR_SCOPES ? 'column wide' : 'column'}>
        <h1>Access map</h1>
        <p>
          What the token of <strong>{id}</strong> opens, and by which of its scopes. Choose a line to see why.
        </p>
        {unknownScopes.length > 0 && (
          <p className="problem">
            Scopes that nothing here asks for, or that are malformed:{' '}
            {unknownScopes.map((scope) => (
              <code key={scope} className="chip">
                {scope}
              </code>
            ))}
          </p>
        )}
        {problem !== null && (
          <p className="problem" role="alert">
            {problem}
          </p>
        )}
        {entries === null && problem === null && <p role="status">Loading …</p>}
        {entries !== null && <AccessTable entries={entries} scopes={known} />}
      </div>
    </div>
  );
}
