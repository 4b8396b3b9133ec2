/**
 * The grammar of scopes.
 *
 *     scope    = resource ":" action                 global:       agents:run
 *              | resource ":" id ":" action          per resource: agents:web-search-agent:run
 *              | resource ":" "*" ":" action         wildcard:     agents:*:run
 *     resource = segment
 *     action   = segment
 *     id       = segment
 *     segment  = one or more characters, none of them ":" or "*"
 *
 * Case-sensitive, never trimmed. `system` is another word for `config`. The admin scope is compared whole, before this
 * grammar is applied (`GrantSet`).
 */

/** The id place of a scope that names no id: `agents:run`. */
export const GLOBAL = null;

/** The id place of a scope that names every id: `agents:*:run`. */
export const WILDCARD = '*';

export interface Scope {
  readonly resource: string;
  /** `null`: global; `"*"`: wildcard; else the id, compared literally. */
  readonly id: string | null;
  readonly action: string;
}

const RESOURCE_ALIASES: ReadonlyMap<string, string> = new Map([['system', 'config']]);

/** The scope that `text` writes, or `null` when it is malformed and so grants nothing. */
export function parseScope(text: string): Scope | null {
  const parts = text.split(':');
  const [resource, action] = [parts.at(0), parts.at(-1)];
  if (parts.length < 2 || parts.length > 3 || !isSegment(resource) || !isSegment(action)) return null;
  const id = parts.length === 3 ? parts[1] : GLOBAL;
  if (id !== GLOBAL && id !== WILDCARD && !isSegment(id)) return null;
  return { resource: RESOURCE_ALIASES.get(resource) ?? resource, id, action };
}

export function formatScope({ resource, id, action }: Scope): string {
  return id === GLOBAL ? `${resource}:${action}` : `${resource}:${id}:${action}`;
}

export function isSegment(text: string | undefined): text is string {
  return text !== undefined && text !== '' && !text.includes(WILDCARD) && !text.includes(':');
}
