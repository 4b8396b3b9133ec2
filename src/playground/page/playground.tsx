import { type ReactElement, useCallback, useState } from 'react';

import { CallerBar } from './caller-bar.tsx';
import { clearCallerStorage } from './caller-storage.ts';
import { Editor } from './editor.tsx';
import { type CallerSource, useCaller } from '../../page/browser/use-caller.ts';
import { type Identity, readIdentity } from './identity.ts';
import { Welcome } from './welcome.tsx';

const SOURCE: CallerSource<Identity> = { page: 'playground', identify: readIdentity };

/** The whole page: who the caller is above, and below either how to become one, or the editor. */
export function Playground(): ReactElement {
  const { offers, choice, choose, caller, problem } = useCaller(SOURCE);
  const [resetCount, setResetCount] = useState(0);
  const resetTabs = useCallback(() => {
    if (caller === null) return;
    clearCallerStorage(caller.identity.id);
    setResetCount((count) => count + 1);
  }, [caller]);
  return (
    <>
      <CallerBar {...{ offers, choice, choose, resetTabs }} identity={caller?.identity ?? null} />
      <main>
        {caller !== null ? (
          <Editor key={`${caller.token} ${resetCount}`} {...caller} />
        ) : choice !== null && problem === null ? (
          <p className="welcome" role="status">
            Asking the server who this is …
          </p>
        ) : (
          offers !== null && <Welcome {...{ offers, choose, problem }} />
        )}
      </main>
    </>
  );
}
