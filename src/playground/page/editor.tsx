import { DOC_EXPLORER_PLUGIN } from '@graphiql/plugin-doc-explorer';
import { GraphiQL, HISTORY_PLUGIN } from 'graphiql';
import { type ReactElement, useEffect, useState } from 'react';

import { createCallerStorage } from './caller-storage.ts';
import { createConnection } from './connection.ts';
import { EditorSetup } from './editor-setup.tsx';
import { RunIdFiller } from './run-id-filler.tsx';
import { createStarterTabs } from './starter-tabs.ts';
import { StreamPanel } from './stream-panel.tsx';
import type { Identity } from './identity.ts';
import type { Caller } from '../../page/browser/use-caller.ts';

const PLUGINS = [HISTORY_PLUGIN];

/** GraphiQL with one caller's token, tabs and history. For another caller, make another one. */
export function Editor({ token, identity }: Caller<Identity>): ReactElement {
  const [connection] = useState(() => createConnection(token));
  const [storage] = useState(() => createCallerStorage(identity.id));
  const [tabs] = useState(() => createStarterTabs(identity));
  useEffect(() => () => connection.close(), [connection]);
  return (
    <GraphiQL
      fetcher={connection.fetcher}
      storage={storage}
      defaultTabs={tabs}
      plugins={PLUGINS}
      visiblePlugin={DOC_EXPLORER_PLUGIN}
      isHeadersEditorEnabled={false}
      defaultEditorToolsVisibility
      shouldPersistHeaders={false}
      showPersistHeadersSettings={false}
      schemaDescription
      inputValueDeprecation
    >
      <GraphiQL.Logo>
        <span />
      </GraphiQL.Logo>
      <GraphiQL.Footer>
        <StreamPanel stream={connection.stream} />
        <EditorSetup />
        <RunIdFiller latestRun={connection.latestRun} />
      </GraphiQL.Footer>
    </GraphiQL>
  );
}
