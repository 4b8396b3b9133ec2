import { Fragment, type ReactElement, useState } from 'react';

import { type AccessEntry, type Cell, cellOf, explainEntry, groupEntries, type Reach } from './access-map.ts';

export interface AccessTableProps {
  readonly entries: readonly AccessEntry[];
  /** The columns. */
  readonly scopes: readonly string[];
}

/** More columns than anybody reads; what the others open is in the first column all the same. */
const MAX_COLUMNS = 24;

const CELL_WORDS: Readonly<Record<Cell, string>> = {
  all: 'opens it',
  some: 'for some ids',
  part: 'a part of it',
  none: 'nothing',
};
const REACH_CELLS: Readonly<Record<Reach, Cell>> = { ALL: 'all', SOME: 'some', NONE: 'none' };
const REACH_WORDS: Readonly<Record<Reach, string>> = { ALL: 'open', SOME: 'for some ids', NONE: 'closed' };

/** Places of the API by the token's scopes. A line that is chosen says why. */
export function AccessTable({ entries, scopes }: AccessTableProps): ReactElement {
  const [chosen, setChosen] = useState<string | null>(null);
  const columns = scopes.slice(0, MAX_COLUMNS);
  return (
    <>
      {scopes.length > columns.length && (
        <p className="hint">
          The token holds {scopes.length} scopes; the first {columns.length} are shown.
        </p>
      )}
      <div className="access-frame">
        <Legend />
        <div className="access-scroller" role="region" aria-label="Access map" tabIndex={0}>
          <table className="access">
            <thead>
              <tr>
                <th scope="col">Field</th>
                <th scope="col">In all</th>
                {columns.map((scope) => (
                  <th key={scope} scope="col" className="scope">
                    <span>{scope}</span>
                  </th>
                ))}
              </tr>
            </thead>
            {groupEntries(entries).map(({ title, entries }) => (
              <tbody key={title}>
                <tr className="group">
                  <th scope="rowgroup" colSpan={2 + columns.length}>
                    {title}
                  </th>
                </tr>
                {entries.map((entry) => (
                  <EntryRow
                    key={entry.coordinate}
                    {...{ entry, columns }}
                    isChosen={chosen === entry.coordinate}
                    toggle={() => setChosen(chosen === entry.coordinate ? null : entry.coordinate)}
                  />
                ))}
              </tbody>
            ))}
          </table>
        </div>
      </div>
    </>
  );
}

function EntryRow({
  entry,
  columns,
  isChosen,
  toggle,
}: {
  readonly entry: AccessEntry;
  readonly columns: readonly string[];
  readonly isChosen: boolean;
  readonly toggle: () => void;
}): ReactElement {
  const { coordinate, reach } = entry;
  return (
    <Fragment>
      <tr className={reach === 'NONE' ? 'closed' : ''}>
        <th scope="row">
          <button type="button" className="quiet" aria-expanded={isChosen} onClick={toggle}>
            {coordinate}
          </button>
        </th>
        <td>
          <Mark cell={REACH_CELLS[reach]} />
          <span className="reach">{REACH_WORDS[reach]}</span>
        </td>
        {columns.map((scope) => {
          const cell = cellOf(entry, scope);
          return (
            <td key={scope} className="cell">
              <Mark cell={cell} />
              <span className="unseen">{CELL_WORDS[cell]}</span>
            </td>
          );
        })}
      </tr>
      {isChosen && (
        <tr className="why">
          <td colSpan={2 + columns.length}>
            <Why entry={entry} />
          </td>
        </tr>
      )}
    </Fragment>
  );
}

function Why({ entry }: { readonly entry: AccessEntry }): ReactElement {
  return (
    <div className="why-text">
      <p>{explainEntry(entry)}</p>
      {entry.requirements.length > 0 && (
        <ul>
          {entry.requirements.map(({ anyOf, heldBy, reach, isOwnHeld }) => (
            <li key={anyOf.join(' ')}>
              <Mark cell={REACH_CELLS[reach]} /> Needs{' '}
              {anyOf.map((scope, index) => (
                <Fragment key={scope}>
                  {index > 0 && ' or '}
                  <code>{scope}</code>
                </Fragment>
              ))}
              {heldBy.length > 0 && (
                <>
                  ; held by{' '}
                  {heldBy.map((scope, index) => (
                    <Fragment key={scope}>
                      {index > 0 && ', '}
                      <code>{scope}</code>
                    </Fragment>
                  ))}
                </>
              )}
              {heldBy.length === 0 && !isOwnHeld && '; this token holds none of that kind'}
              {isOwnHeld && '; everybody holds it for the own id'}.
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function Legend(): ReactElement {
  return (
    <ul className="legend" aria-label="Legend">
      <li>
        <Mark cell="all" /> opens it
      </li>
      <li>
        <Mark cell="some" /> for some ids
      </li>
      <li>
        <Mark cell="part" /> a part of what it needs
      </li>
      <li>
        <Mark cell="none" /> nothing
      </li>
    </ul>
  );
}

/** Told apart by form as well as by colour. */
function Mark({ cell }: { readonly cell: Cell }): ReactElement {
  return (
    <svg className={`mark ${cell}`} width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
      {cell === 'all' && <circle cx="8" cy="8" r="6" className="solid" />}
      {cell === 'some' && (
        <>
          <circle cx="8" cy="8" r="5.25" className="ring" />
          <path d="M8 2.75a5.25 5.25 0 0 1 0 10.5z" className="solid" />
        </>
      )}
      {cell === 'part' && <circle cx="8" cy="8" r="5.25" className="ring" />}
      {cell === 'none' && <circle cx="8" cy="8" r="1.5" className="dot" />}
    </svg>
  );
}
