import { type ReactElement, useEffect, useRef, useState, useSyncExternalStore } from 'react';

import { type AmbitClient, createAmbitClient } from '../../client/ambit-client.ts';
import type { Choice } from '../../page/browser/choice.ts';
import { readToken } from '../../page/browser/read-token.ts';
import type { Caller, CallerState } from '../../page/browser/use-caller.ts';
import { AccessView } from './access-view.tsx';
import { announcer } from './announcer.ts';
import { ConversationShelf } from './conversation-shelf.ts';
import { ConversationView } from './conversation-view.tsx';
import { GRAPHQL_URL } from './graphql-url.ts';
import type { Identity } from './identity.ts';
import type { Route } from './route.ts';
import { SessionList } from './session-list.ts';
import { Sidebar } from './sidebar.tsx';
import { StartView } from './start-view.tsx';
import { go, useRoute } from './use-route.ts';

export interface WorkspaceProps extends Pick<CallerState<Identity>, 'offers' | 'choose'> {
  readonly choice: Choice;
  readonly caller: Caller<Identity>;
}

/** The page of one caller. For another caller, make another one. */
export function Workspace(props: WorkspaceProps): ReactElement | null {
  const { choice, caller } = props;
  const [client, setClient] = useState<AmbitClient | null>(null);
  const [isRetrying, setRetrying] = useState(false);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const onRetry = (): void => {
      setRetrying(true);
      clearTimeout(timer);
      timer = setTimeout(() => setRetrying(false), RETRY_SHOWN_MS);
    };
    const made = createClient(choice, { token: caller.token, onRetry });
    setClient(made);
    return () => {
      clearTimeout(timer);
      void made.dispose();
    };
  }, [choice, caller.token]);
  if (client === null) return null;
  return (
    <>
      {isRetrying && (
        <p className="retrying" role="status">
          The connection is lost. What runs on the server goes on; trying again …
        </p>
      )}
      <Desk {...props} client={client} />
    </>
  );
}

/** Nobody tells when the connection is back: it is when nothing is tried again any more. */
const RETRY_SHOWN_MS = 10_000;

/** A list of conversations beside what the address says. */
function Desk({
  offers,
  choice,
  choose,
  caller,
  client,
}: WorkspaceProps & { readonly client: AmbitClient }): ReactElement {
  const { identity } = caller;
  const route = useRoute();
  const [shelf] = useState(() => new ConversationShelf(client, identity));
  const [sessions] = useState(() => new SessionList(client, identity));
  const [isMenuOpen, setMenuOpen] = useState(false);
  const main = useRef<HTMLElement>(null);
  const menuButton = useRef<HTMLButtonElement>(null);
  const sentence = useSyncExternalStore(announcer.subscribe, announcer.read);
  useEffect(() => {
    shelf.show(route);
    setMenuOpen(false);
  }, [shelf, route]);
  useSessionsRefresh(sessions);

  const closeMenu = (): void => {
    setMenuOpen(false);
    menuButton.current?.focus();
  };
  const chooseOther = (next: Choice): void => {
    // What another caller looked at may not be for this one.
    if (route.view !== 'access') go({ view: 'start', agentId: null }, { replace: true });
    choose(next);
  };
  return (
    <div className="workspace">
      <button type="button" className="skip" onClick={() => main.current?.focus()}>
        Skip to the content
      </button>
      <header className="topbar">
        <button
          ref={menuButton}
          type="button"
          className="menu-button"
          aria-expanded={isMenuOpen}
          aria-controls="sidebar"
          onClick={() => setMenuOpen(true)}
        >
          Menu
        </button>
        <span className="topbar-name">{identity.serverName ?? 'Ambit'}</span>
        <span className="topbar-caller">{identity.id}</span>
      </header>
      {isMenuOpen && <div className="backdrop" onClick={closeMenu} />}
      <Sidebar
        {...{ identity, offers, choice, route, sessions, isMenuOpen, closeMenu }}
        choose={chooseOther}
      />
      <main className="main" ref={main} tabIndex={-1} inert={isMenuOpen}>
        <View {...{ route, client, shelf, identity }} onRun={() => void sessions.refresh()} />
      </main>
      <p className="unseen" role="status" aria-live="polite">
        {sentence}
      </p>
    </div>
  );
}

function View({
  route,
  client,
  shelf,
  identity,
  onRun,
}: {
  readonly route: Route;
  readonly client: AmbitClient;
  readonly shelf: ConversationShelf;
  readonly identity: Identity;
  readonly onRun: () => void;
}): ReactElement | null {
  const conversation = useSyncExternalStore(shelf.subscribe, shelf.read);
  if (route.view === 'access') return <AccessView {...{ client, identity }} />;
  if (route.view !== 'start') {
    if (conversation === null) return null;
    return <ConversationView {...{ conversation, identity, route, onRun }} />;
  }
  const begin = (agentId: string, message: string): void => {
    const run = shelf.begin(agentId, message);
    if (run !== null) go({ view: 'run', id: run.id });
  };
  return <StartView {...{ identity, begin }} agentId={route.agentId} />;
}

/** The token that the server has just taken is used first; when it is refused, another one is asked for. */
function createClient(
  choice: Choice,
  { token, onRetry }: { readonly token: string; readonly onRetry: () => void },
): AmbitClient {
  let isUsed = false;
  return createAmbitClient({
    url: GRAPHQL_URL,
    onRetry,
    token: () => {
      if (isUsed) return readToken('console', choice);
      isUsed = true;
      return token;
    },
  });
}

/** Other tabs, and other devices, start runs too. */
function useSessionsRefresh(sessions: SessionList): void {
  useEffect(() => {
    const refresh = (): void => {
      if (!document.hidden) void sessions.refresh();
    };
    refresh();
    document.addEventListener('visibilitychange', refresh);
    return () => document.removeEventListener('visibilitychange', refresh);
  }, [sessions]);
}
