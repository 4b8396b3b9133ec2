export interface Caller {
  readonly id: string;
  /** What the caller may do, in words. */
  readonly may: string;
  readonly scopes: readonly string[];
}

/** The five callers of the example: a name, what they may do, and the scopes that let them. */
export const callers: readonly Caller[] = [
  { id: 'admin_user', may: 'everything', scopes: ['agent_os:admin'] },
  {
    id: 'power_user',
    may: 'read and run every agent, keep sessions',
    scopes: ['system:read', 'agents:read', 'agents:run', 'sessions:read', 'sessions:write'],
  },
  {
    id: 'limited_user',
    may: 'read and run two agents; admin-agent does not exist for them',
    scopes: [
      'agents:web-search-agent:read',
      'agents:web-search-agent:run',
      'agents:analyst-agent:read',
      'agents:analyst-agent:run',
    ],
  },
  { id: 'readonly_user', may: 'read every agent, run none', scopes: ['agents:*:read', 'system:read'] },
  { id: 'wildcard_user', may: 'read and run every agent', scopes: ['agents:read', 'agents:*:run'] },
];
