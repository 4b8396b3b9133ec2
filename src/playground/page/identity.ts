import { postOperation } from './post-operation.ts';

/** Who the token says the caller is, and what the server shows it of itself. */
export interface Identity {
  readonly id: string;
  readonly scopes: readonly string[];
  readonly unknownScopes: readonly string[];
  readonly isAdmin: boolean;
  readonly expiresAt: Date;
  readonly abilities: Abilities;
  readonly agents: readonly Agent[];
  /** The server's name and version, for those who may read them. */
  readonly server: { readonly name: string; readonly version: string } | null;
  /** What answers the agents that the caller sees, in the server's words. */
  readonly models: readonly string[];
}

/** What starter operations depend on. */
export interface Abilities {
  readonly readsConfig: boolean;
  readonly readsSessions: boolean;
  readonly deletesSessions: boolean;
  readonly runsAdminAgent: boolean;
}

export interface Agent {
  readonly id: string;
  readonly model: string;
  readonly canRun: boolean;
}

const QUERY = `query Identity {
  viewer {
    id
    scopes
    unknownScopes
    isAdmin
    expiresAt
    readsConfig: can(scope: "config:read")
    readsSessions: can(scope: "sessions:read")
    deletesSessions: can(scope: "sessions:delete")
    runsAdminAgent: can(scope: "agents:admin-agent:run")
  }
  agents { id model canRun }
  config { name version models }
}`;

interface Answer {
  readonly viewer:
    (Omit<Identity, 'expiresAt' | 'abilities'> & { readonly expiresAt: string } & Abilities) | null;
  readonly agents: readonly Agent[] | null;
  readonly config: {
    readonly name: string;
    readonly version: string;
    readonly models: readonly string[];
  } | null;
}

/**
 * Asks the server who a token's holder is. What the holder may not read is left out.
 * @throws Error with the server's words when it refuses the token.
 */
export async function readIdentity(token: string): Promise<Identity> {
  const { data, errors } = await postOperation(token, { query: QUERY });
  // The query's own shape.
  const { viewer, agents, config } = (data ?? { viewer: null }) as unknown as Answer;
  if (viewer === null) throw new Error(errors?.[0]?.message ?? 'The server does not say who this is.');
  const { id, scopes, unknownScopes, isAdmin, expiresAt, ...abilities } = viewer;
  return {
    id,
    scopes,
    unknownScopes,
    isAdmin,
    abilities,
    expiresAt: new Date(expiresAt),
    agents: agents ?? [],
    server: config,
    models: config?.models ?? [...new Set(agents?.map(({ model }) => model))],
  };
}
