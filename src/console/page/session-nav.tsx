import { type ReactElement, useSyncExternalStore } from 'react';

import { describeDuration } from './describe-duration.ts';
import type { Identity } from './identity.ts';
import { type Route, toHash } from './route.ts';
import type { SessionEntry, SessionList } from './session-list.ts';
import { STATUS_WORDS } from './status-words.ts';

export interface SessionNavProps {
  readonly sessions: SessionList;
  readonly identity: Identity;
  readonly route: Route;
}

/** The conversations, newest first. */
export function SessionNav({ sessions, identity, route }: SessionNavProps): ReactElement {
  const { entries, isLoading, hasMore, problem } = useSyncExternalStore(sessions.subscribe, sessions.read);
  return (
    <nav className="sessions" aria-labelledby="sessions-heading">
      <h2 id="sessions-heading">{identity.readsSessions ? 'Sessions' : 'Latest runs'}</h2>
      {!identity.readsSessions && (
        <p className="hint">
          The list of sessions needs <code>sessions:read</code>, which this token lacks. These are the latest
          runs of the agents that it reads.
        </p>
      )}
      {problem !== null && <p className="problem">{problem}</p>}
      {!isLoading && problem === null && entries.length === 0 && <p className="hint">None yet.</p>}
      <ul>
        {entries.map((entry) => (
          <li key={entry.id}>
            <Entry {...{ entry, identity }} isOpen={route.view === 'session' && route.id === entry.id} />
          </li>
        ))}
      </ul>
      {hasMore && (
        <button type="button" className="quiet" disabled={isLoading} onClick={() => void sessions.loadMore()}>
          More
        </button>
      )}
    </nav>
  );
}

function Entry({
  entry,
  identity,
  isOpen,
}: {
  readonly entry: SessionEntry;
  readonly identity: Identity;
  readonly isOpen: boolean;
}): ReactElement {
  const { id, title, at, agentId, userId, status } = entry;
  const agent = identity.agents.find((candidate) => candidate.id === agentId)?.name ?? agentId;
  const isOpenRun = status === 'RUNNING' || status === 'PAUSED' || status === 'QUEUED';
  return (
    <a href={toHash({ view: 'session', id })} aria-current={isOpen ? 'page' : undefined} title={title}>
      <span className="session-title" dir="auto">
        {title}
      </span>
      <span className="session-facts">
        {isOpenRun && <span className={`status ${status.toLowerCase()}`}>{STATUS_WORDS[status]} · </span>}
        {agent}
        {userId !== identity.id && ` · ${userId}`} ·{' '}
        <time dateTime={at.toISOString()} title={at.toLocaleString()}>
          {describeAge(at)}
        </time>
      </span>
    </a>
  );
}

function describeAge(at: Date): string {
  const ms = Date.now() - at.getTime();
  return ms < 60_000 ? 'just now' : `${describeDuration(ms).split(' ').slice(0, 2).join(' ')} ago`;
}
