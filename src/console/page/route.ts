/** What the page shows, as the address says it: a reload comes back to it, and a link leads to it. */
export type Route =
  | { readonly view: 'start'; readonly agentId: string | null }
  | { readonly view: 'session'; readonly id: string }
  | { readonly view: 'run'; readonly id: string }
  | { readonly view: 'access' };

const WITH_ID = /^#(agent|session|run)\/(.+)$/;

/** The route that a location's hash names; the start for any other. */
export function parseRoute(hash: string): Route {
  if (hash === '#access') return { view: 'access' };
  const [, view, text = ''] = WITH_ID.exec(hash) ?? [];
  const id = decode(text);
  if (id === null || view === undefined) return { view: 'start', agentId: null };
  if (view === 'agent') return { view: 'start', agentId: id };
  return { view: view === 'run' ? 'run' : 'session', id };
}

/** The hash for a route. */
export function toHash(route: Route): string {
  if (route.view === 'access') return '#access';
  if (route.view !== 'start') return `#${route.view}/${encodeURIComponent(route.id)}`;
  return route.agentId === null ? '#' : `#agent/${encodeURIComponent(route.agentId)}`;
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    // Written by hand: it names nothing.
    return null;
  }
}
