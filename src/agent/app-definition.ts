import type { Agent } from './agent.ts';
import { requireUniqueIds } from './agent-registry.ts';

/** What an app file's default export holds. */
export interface AppDefinition {
  readonly id: string;
  readonly name: string;
  readonly agents: readonly Agent[];
}

/**
 * The app that a server serves.
 * @throws TypeError when the definition will not do.
 */
export function defineApp({ id, name, agents }: AppDefinition): AppDefinition {
  if (typeof id !== 'string' || id.trim() === '') throw new TypeError('An app needs an id.');
  if (typeof name !== 'string' || name.trim() === '') throw new TypeError(`App "${id}" needs a name.`);
  if (!Array.isArray(agents)) throw new TypeError(`App "${id}" needs a list of agents.`);
  requireUniqueIds(agents);
  return { id, name, agents };
}
