import type { ReactElement } from 'react';

import { Composer } from './composer.tsx';
import type { Agent, Identity } from './identity.ts';
import { isOffline } from './is-offline.ts';
import { go } from './use-route.ts';

export interface StartViewProps {
  readonly identity: Identity;
  /** The agent that the address names. */
  readonly agentId: string | null;
  readonly begin: (agentId: string, message: string) => void;
}

/** Where a conversation begins: the agents that the token sees, and a first message to one of them. */
export function StartView({ identity, agentId, begin }: StartViewProps): ReactElement {
  const { agents } = identity;
  const runnable = agents.filter(({ canRun }) => canRun);
  const chosen = runnable.find(({ id }) => id === agentId) ?? runnable[0] ?? null;
  const isMissing = agentId !== null && chosen?.id !== agentId;
  return (
    <>
      <div className="scroller">
        <div className="column">
          <h1>New conversation</h1>
          {isMissing && <p className="problem">There is no agent {agentId} that this token may run.</p>}
          {agents.length === 0 && (
            <p className="hint">
              This token sees no agents. It would need <code>agents:read</code>, or{' '}
              <code>agents:&lt;id&gt;:read</code> for one of them.
            </p>
          )}
          <fieldset className="agents">
            <legend className="unseen">Agent</legend>
            {agents.map((agent) => (
              <AgentCard key={agent.id} agent={agent} isChosen={agent.id === chosen?.id} />
            ))}
          </fieldset>
        </div>
      </div>
      {chosen !== null && (
        <Composer
          key={chosen.id}
          agentName={chosen.name}
          hint={isOffline(chosen.model) ? OFFLINE : null}
          send={(message) => begin(chosen.id, message)}
        />
      )}
    </>
  );
}

export const OFFLINE = 'Offline model: it streams and calls tools, and knows nothing.';

function AgentCard({ agent, isChosen }: { readonly agent: Agent; readonly isChosen: boolean }): ReactElement {
  const { id, name, description, model, canRun, tools } = agent;
  return (
    <label className={`card agent${canRun ? '' : ' refused'}`}>
      <input
        type="radio"
        name="agent"
        value={id}
        checked={isChosen}
        disabled={!canRun}
        onChange={() => go({ view: 'start', agentId: id }, { replace: true })}
      />
      <span className="agent-facts">
        <strong>{name}</strong>
        {description !== null && <span>{description}</span>}
        <span className="hint">
          {id} · {model}
        </span>
        {tools.length > 0 && (
          <span className="tools">
            {tools.map((tool) => (
              <span key={tool.name} className="chip" title={tool.description}>
                {tool.name}
                {tool.requiresApproval && ' · asks first'}
                {tool.scope !== null && ` · needs ${tool.scope}`}
              </span>
            ))}
          </span>
        )}
        {!canRun && (
          <span className="lacking">
            This token may not run it: it lacks <code>agents:{id}:run</code>.
          </span>
        )}
      </span>
    </label>
  );
}
