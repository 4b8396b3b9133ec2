import type { GraphiQLProps } from 'graphiql';

import { localItems } from '../../page/browser/browser-storage.ts';

type Storage = NonNullable<GraphiQLProps['storage']>;

const SHARED = new Set(['graphiql:theme', 'graphiql:visiblePlugin', 'graphiql:docExplorerFlex']);

/**
 * Where the editor keeps the tabs and the history of one caller. How the editor looks is kept for all callers together.
 */
export function createCallerStorage(callerId: string): Storage {
  const toKey = (key: string): string => (SHARED.has(key) ? key : `${prefixOf(callerId)}${key}`);
  return {
    getItem: (key) => localItems.getItem(toKey(key)),
    setItem: (key, value) => localItems.setItem(toKey(key), value),
    removeItem: (key) => localItems.removeItem(toKey(key)),
    clear: () => clearCallerStorage(callerId),
    get length() {
      return listKeys(callerId).length;
    },
  };
}

/** Forgets the tabs and the history of one caller. */
export function clearCallerStorage(callerId: string): void {
  for (const key of listKeys(callerId)) localItems.removeItem(key);
}

/** Sets the theme that the editor was given last, for what is shown before the editor. */
export function applyStoredTheme(): void {
  const theme = localItems.getItem('graphiql:theme');
  if (theme === 'light' || theme === 'dark') document.body.classList.add(`graphiql-${theme}`);
}

function listKeys(callerId: string): string[] {
  return Array.from({ length: localItems.length }, (_, index) => localItems.key(index) ?? '').filter((key) =>
    key.startsWith(prefixOf(callerId)),
  );
}

function prefixOf(callerId: string): string {
  return `ambit:${encodeURIComponent(callerId.toWellFormed())}:`;
}
