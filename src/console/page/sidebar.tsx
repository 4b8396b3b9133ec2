import { type KeyboardEvent, type ReactElement, useEffect, useRef } from 'react';

import type { Choice } from '../../page/browser/choice.ts';
import icon from '../../page/browser/icon.svg';
import type { CallerState } from '../../page/browser/use-caller.ts';
import { CallerPanel } from './caller-panel.tsx';
import type { Identity } from './identity.ts';
import type { Route } from './route.ts';
import type { SessionList } from './session-list.ts';
import { SessionNav } from './session-nav.tsx';

export interface SidebarProps extends Pick<CallerState<Identity>, 'offers' | 'choose'> {
  readonly identity: Identity;
  readonly choice: Choice;
  readonly route: Route;
  readonly sessions: SessionList;
  /** On narrow screens it is hidden until it is asked for. */
  readonly isMenuOpen: boolean;
  readonly closeMenu: () => void;
}

/** Beside everything: where one may go, the conversations, and who one is. */
export function Sidebar(props: SidebarProps): ReactElement {
  const { identity, offers, choice, choose, route, sessions, isMenuOpen, closeMenu } = props;
  const element = useRef<HTMLElement>(null);
  useEffect(() => {
    if (isMenuOpen) element.current?.querySelector('a')?.focus();
  }, [isMenuOpen]);
  const closeByEscape = ({ key }: KeyboardEvent): void => {
    if (key === 'Escape' && isMenuOpen) closeMenu();
  };
  return (
    <aside
      id="sidebar"
      ref={element}
      className={isMenuOpen ? 'sidebar open' : 'sidebar'}
      aria-label="Menu"
      onKeyDown={closeByEscape}
    >
      <div className="sidebar-head">
        <p className="brand">
          <img src={icon} alt="" width="20" height="20" /> {identity.serverName ?? 'Ambit'}
        </p>
        <button type="button" className="quiet menu-close" onClick={closeMenu}>
          Close
        </button>
      </div>
      <nav className="places" aria-label="Places">
        <a href="#" aria-current={route.view === 'start' ? 'page' : undefined}>
          New conversation
        </a>
        <a href="#access" aria-current={route.view === 'access' ? 'page' : undefined}>
          Access map
        </a>
      </nav>
      <SessionNav {...{ sessions, identity, route }} />
      <CallerPanel {...{ identity, offers, choice, choose }} />
    </aside>
  );
}
