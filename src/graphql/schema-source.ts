/** The one source of the API. */
export const TYPE_DEFS_URL: URL = new URL('../../schema.graphql', import.meta.url);

/** What holes such as `{run.agentId}` may name. */
export const LOADER_NAMES = ['run'] as const;

export type LoaderName = (typeof LOADER_NAMES)[number];

/** Families of which everybody holds their own id: whoever names themselves needs no scope. */
export const OWN_HELD: readonly string[] = ['users:read', 'users:act'];
