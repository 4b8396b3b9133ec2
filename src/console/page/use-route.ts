import { useSyncExternalStore } from 'react';

import { parseRoute, type Route, toHash } from './route.ts';

let route = parseRoute(location.hash);
const listeners = new Set<() => void>();

function update(): void {
  route = parseRoute(location.hash);
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) addEventListener('hashchange', update);
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) removeEventListener('hashchange', update);
  };
}

/** What the address says is to be shown. */
export function useRoute(): Route {
  return useSyncExternalStore(subscribe, () => route);
}

/** Shows another route; `replace`: in the place of the current one, so that Back does not lead to it. */
export function go(next: Route, { replace = false }: { readonly replace?: boolean } = {}): void {
  if (replace) history.replaceState(null, '', toHash(next));
  else history.pushState(null, '', toHash(next));
  update();
}
