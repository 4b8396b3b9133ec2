import { AmbitClientError } from '../../client/client-error.ts';
import { type AmbitClient, createAmbitClient } from '../../client/ambit-client.ts';
import { GRAPHQL_URL } from './graphql-url.ts';
import { toWords } from './error-words.ts';

/** Who the token says the caller is, and what it may see of the server. */
export interface Identity {
  readonly id: string;
  readonly scopes: readonly string[];
  readonly unknownScopes: readonly string[];
  readonly isAdmin: boolean;
  readonly expiresAt: Date;
  /** Without it there is no list of sessions, and conversations are found by their agents. */
  readonly readsSessions: boolean;
  readonly agents: readonly Agent[];
  /** The server's own name, for those who may read it. */
  readonly serverName: string | null;
}

export interface Agent {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly model: string;
  readonly canRun: boolean;
  readonly tools: readonly Tool[];
}

export interface Tool {
  readonly name: string;
  readonly description: string;
  readonly requiresApproval: boolean;
  readonly scope: string | null;
}

const VIEWER = `query ConsoleViewer {
  viewer {
    id scopes unknownScopes isAdmin expiresAt
    readsSessions: can(scope: "sessions:read")
    readsConfig: can(scope: "config:read")
  }
}`;

const AGENTS = `query ConsoleAgents {
  agents { id name description model canRun tools { name description requiresApproval scope } }
}`;

const SERVER = `query ConsoleServer { config { name } }`;

interface Viewer extends Omit<Identity, 'expiresAt' | 'agents' | 'serverName'> {
  readonly expiresAt: string;
  readonly readsConfig: boolean;
}

/**
 * Asks the server who a token's holder is.
 * @throws Error with words for the reader when it refuses the token.
 */
export async function readIdentity(token: string): Promise<Identity> {
  const client = createAmbitClient({ url: GRAPHQL_URL, token });
  try {
    const { viewer } = await client.request<{ viewer: Viewer }, object>(VIEWER);
    const { readsConfig, expiresAt, ...rest } = viewer;
    const [agents, serverName] = await Promise.all([
      readAgents(client),
      readsConfig ? readServerName(client) : null,
    ]);
    return { ...rest, expiresAt: new Date(expiresAt), agents, serverName };
  } catch (error) {
    throw new Error(toWords(error), { cause: error });
  } finally {
    await client.dispose();
  }
}

/** None for a token that reads no agents at all. */
async function readAgents(client: AmbitClient): Promise<readonly Agent[]> {
  try {
    return (await client.request<{ agents: readonly Agent[] }, object>(AGENTS)).agents;
  } catch (error) {
    if (error instanceof AmbitClientError && error.code === 'FORBIDDEN') return [];
    throw error;
  }
}

async function readServerName(client: AmbitClient): Promise<string> {
  return (await client.request<{ config: { name: string } }, object>(SERVER)).config.name;
}
