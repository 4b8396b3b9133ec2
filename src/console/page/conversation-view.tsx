import { type ReactElement, useEffect, useState, useSyncExternalStore } from 'react';

import { Composer } from './composer.tsx';
import type { Conversation } from './conversation.ts';
import type { Identity } from './identity.ts';
import { isOffline } from './is-offline.ts';
import type { Route } from './route.ts';
import { isOver, type RunStore } from './run-store.ts';
import { RunView } from './run-view.tsx';
import { OFFLINE } from './start-view.tsx';
import { go } from './use-route.ts';
import { useStickToEnd } from './use-stick-to-end.ts';

export interface ConversationViewProps {
  readonly conversation: Conversation;
  readonly identity: Identity;
  readonly route: Route;
  /** Told when a run has begun or ended. */
  readonly onRun: () => void;
}

/** A session: its runs, and the next message. */
export function ConversationView({
  conversation,
  identity,
  route,
  onRun,
}: ConversationViewProps): ReactElement {
  const state = useSyncExternalStore(conversation.subscribe, conversation.read);
  const { agentId, sessionId, userId, runs, isLoading, hasEarlier, problem } = state;
  const last = runs.at(-1) ?? null;
  const { scroller, isAtEnd, toEnd } = useStickToEnd(route.view === 'session' || last?.isNew === true);
  const agent = identity.agents.find(({ id }) => id === agentId) ?? null;
  const agentName = agent?.name ?? agentId ?? 'Conversation';
  const [isLed, setLed] = useState(false);
  useEffect(() => {
    // The run that has just begun this session leads on to it: all that follows belongs to one address.
    if (isLed || sessionId === null || route.view !== 'run' || last?.isNew !== true) return;
    setLed(true);
    go({ view: 'session', id: sessionId }, { replace: true });
  }, [isLed, route, sessionId, last]);
  const send = (message: string): void => {
    conversation.send(message);
    toEnd();
  };
  return (
    <>
      <div className="scroller" ref={scroller}>
        <div className="column">
          <header className="conversation-head">
            <h1>{agentName}</h1>
            {agent !== null && <p className="hint">{agent.model}</p>}
            {userId !== null && userId !== identity.id && <p className="hint">A conversation of {userId}.</p>}
          </header>
          {hasEarlier && (
            <button
              type="button"
              className="quiet"
              disabled={isLoading}
              onClick={() => conversation.loadEarlier()}
            >
              Earlier messages
            </button>
          )}
          {problem !== null && (
            <p className="problem" role="alert">
              {problem}
            </p>
          )}
          {isLoading && runs.length === 0 && <p role="status">Loading …</p>}
          {runs.map((run) => (
            <RunView
              key={run.id}
              run={run}
              agentName={agentName}
              isLinked={route.view === 'run' && route.id === run.id && (isLed || !run.isNew)}
              onRun={onRun}
            />
          ))}
        </div>
      </div>
      {!isAtEnd && (
        <div className="to-end">
          <button type="button" onClick={toEnd}>
            To the end
          </button>
        </div>
      )}
      {agentId !== null && <Answering {...{ agentId, agentName, agent, last, send }} />}
    </>
  );
}

/** The composer, or why there is none. */
function Answering({
  agentId,
  agentName,
  agent,
  last,
  send,
}: {
  readonly agentId: string;
  readonly agentName: string;
  readonly agent: Identity['agents'][number] | null;
  readonly last: RunStore | null;
  readonly send: (message: string) => void;
}): ReactElement {
  const isRunning = useIsRunning(last);
  // Whoever sees no agent may still run it; the server has the last word.
  if (agent?.canRun === false) {
    return (
      <div className="dock">
        <p className="composer hint">
          This token may not continue: it lacks <code>agents:{agentId}:run</code>.
        </p>
      </div>
    );
  }
  const hint = agent !== null && isOffline(agent.model) ? OFFLINE : null;
  return (
    <Composer
      {...{ agentName, hint, send }}
      takesFocus={last?.isNew === true}
      stop={isRunning && last !== null ? () => void last.cancel() : undefined}
    />
  );
}

function useIsRunning(run: RunStore | null): boolean {
  return useSyncExternalStore(run?.subscribe ?? subscribeToNothing, () =>
    run === null ? false : !isOver(run.read().transcript.status) && !run.read().hasFailed,
  );
}

function subscribeToNothing(): () => void {
  return () => undefined;
}
