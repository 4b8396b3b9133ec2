import { type ReactElement } from 'react';

import { type CallerSource, useCaller } from '../../page/browser/use-caller.ts';
import { type Identity, readIdentity } from './identity.ts';
import { Welcome } from './welcome.tsx';
import { Workspace } from './workspace.tsx';

const SOURCE: CallerSource<Identity> = { page: 'console', identify: readIdentity };

/** The whole page: how to become a caller, or what a caller may do. */
export function Console(): ReactElement {
  const state = useCaller(SOURCE);
  const { offers, choice, choose, caller, problem } = state;
  if (caller !== null && choice !== null)
    return <Workspace key={caller.token} {...{ offers, choice, choose, caller }} />;
  if (choice !== null && problem === null) {
    return (
      <main className="welcome">
        <p role="status">Asking the server who this is …</p>
      </main>
    );
  }
  return offers === null ? <main /> : <Welcome {...{ offers, choose, problem }} />;
}
