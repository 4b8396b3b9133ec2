import { type ReactElement, type RefObject, useEffect, useRef } from 'react';

import { CallerFacts } from './caller-facts.tsx';
import icon from '../../page/browser/icon.svg';
import type { Identity } from './identity.ts';
import { TokenDialog } from '../../page/browser/token-dialog.tsx';
import type { CallerState } from '../../page/browser/use-caller.ts';

export interface CallerBarProps extends Pick<CallerState<Identity>, 'offers' | 'choice' | 'choose'> {
  readonly identity: Identity | null;
  /** Puts the starter operations in place of the caller's tabs. */
  resetTabs(): void;
}

/** The head of the page: who the caller is, and how to become another. */
export function CallerBar({ offers, choice, choose, identity, resetTabs }: CallerBarProps): ReactElement {
  const dialog = useRef<HTMLDialogElement>(null);
  const skip = useFocusAfterChoice(choice, identity !== null);
  return (
    <header className="bar">
      {identity !== null && (
        <button ref={skip} type="button" className="skip" onClick={focusEditor}>
          Skip to the editor
        </button>
      )}
      <h1>
        <img src={icon} alt="" />
        {identity?.server?.name ?? 'Ambit'}
      </h1>
      {choice !== null && offers !== null && offers.length > 0 && (
        <CallerPicker {...{ offers, choice, choose }} />
      )}
      {identity !== null && <CallerFacts identity={identity} />}
      {choice !== null && (
        <div className="row">
          {identity !== null && (
            <button type="button" onClick={resetTabs}>
              Reset tabs
            </button>
          )}
          <button type="button" onClick={() => dialog.current?.showModal()}>
            Use a token …
          </button>
        </div>
      )}
      <TokenDialog {...{ dialog, choose }} />
    </header>
  );
}

/** The button that was pressed to choose is gone when there is a caller: whoever pressed it by keyboard goes on from here. */
function useFocusAfterChoice(
  choice: CallerState<Identity>['choice'],
  isThere: boolean,
): RefObject<HTMLButtonElement | null> {
  const element = useRef<HTMLButtonElement>(null);
  const remembered = useRef(choice);
  useEffect(() => {
    if (choice === remembered.current || document.activeElement !== document.body) return;
    if (isThere) element.current?.focus();
  }, [choice, isThere]);
  return element;
}

/** The documentation between has a stop for every type. */
function focusEditor(): void {
  document.querySelector<HTMLElement>('.graphiql-query-editor [tabindex="0"]')?.focus();
}

const PASTED = '';

function CallerPicker({
  offers,
  choice,
  choose,
}: {
  readonly offers: NonNullable<CallerState<Identity>['offers']>;
  readonly choice: NonNullable<CallerState<Identity>['choice']>;
  readonly choose: CallerState<Identity>['choose'];
}): ReactElement {
  return (
    <label>
      Caller
      <select
        value={choice.type === 'offer' ? choice.id : PASTED}
        onChange={({ target }) => choose({ type: 'offer', id: target.value })}
      >
        {choice.type === 'token' && (
          <option value={PASTED} disabled>
            a pasted token
          </option>
        )}
        {offers.map(({ id }) => (
          <option key={id}>{id}</option>
        ))}
      </select>
    </label>
  );
}
