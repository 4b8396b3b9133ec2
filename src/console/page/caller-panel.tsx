import { type ReactElement, useEffect, useRef, useState } from 'react';

import type { Choice } from '../../page/browser/choice.ts';
import { TokenDialog } from '../../page/browser/token-dialog.tsx';
import type { CallerState } from '../../page/browser/use-caller.ts';
import { useNow } from '../../page/browser/use-now.ts';
import { describeDuration } from './describe-duration.ts';
import type { Identity } from './identity.ts';
import { applyTheme, readTheme, THEMES } from './theme.ts';

export interface CallerPanelProps extends Pick<CallerState<Identity>, 'offers' | 'choose'> {
  readonly identity: Identity;
  readonly choice: Choice;
}

/** Who the token says one is, how to become another, and how the page looks. */
export function CallerPanel({ identity, offers, choice, choose }: CallerPanelProps): ReactElement {
  const dialog = useRef<HTMLDialogElement>(null);
  const { id, isAdmin, scopes, unknownScopes, expiresAt } = identity;
  const count = new Set([...scopes, ...unknownScopes]).size;
  return (
    <section className="caller" aria-label="Caller">
      {offers !== null && offers.length > 0 ? (
        <label>
          <span>Acting as</span>
          <select
            value={choice.type === 'offer' ? choice.id : PASTED}
            onChange={({ target }) => choose({ type: 'offer', id: target.value })}
          >
            {choice.type === 'token' && (
              <option value={PASTED} disabled>
                {id} (pasted token)
              </option>
            )}
            {offers.map(({ id }) => (
              <option key={id}>{id}</option>
            ))}
          </select>
        </label>
      ) : (
        <p>
          Acting as <strong>{id}</strong>
        </p>
      )}
      <p className="hint" aria-label="About this token">
        {isAdmin ? 'Admin · ' : `${count} ${count === 1 ? 'scope' : 'scopes'} · `}
        <Expiry at={expiresAt} />
      </p>
      <div className="row">
        <button type="button" className="quiet" onClick={() => dialog.current?.showModal()}>
          Use a token …
        </button>
        <ThemeSwitch />
      </div>
      <TokenDialog {...{ dialog, choose }} />
    </section>
  );
}

const PASTED = '';
const TICK_MS = 15_000;

function Expiry({ at }: { readonly at: Date }): ReactElement {
  const leftMs = at.getTime() - useNow(TICK_MS);
  const isOver = leftMs <= 0;
  return (
    <time dateTime={at.toISOString()} title={at.toLocaleString()} className={isOver ? 'problem' : undefined}>
      {isOver ? `expired ${describeDuration(-leftMs)} ago` : `expires in ${describeDuration(leftMs)}`}
    </time>
  );
}

function ThemeSwitch(): ReactElement {
  const [theme, setTheme] = useState(readTheme);
  useEffect(() => applyTheme(theme), [theme]);
  return (
    <label className="theme">
      <span className="unseen">Colours</span>
      <select
        value={theme}
        onChange={({ target }) => setTheme(THEMES.find((name) => name === target.value) ?? 'system')}
      >
        <option value="system">System</option>
        <option value="light">Light</option>
        <option value="dark">Dark</option>
      </select>
    </label>
  );
}
