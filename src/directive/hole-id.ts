import { type Hole } from './required-scope.ts';

/** What is known when a rule is judged. `undefined` in any place: not known yet. */
export interface Known {
  readonly args?: Readonly<Record<string, unknown>> | undefined;
  /** `null` when there is no object. */
  readonly parent?: unknown;
  readonly item?: unknown;
  /** What loaders found, by name; `null`: nothing the caller may see. */
  readonly loaded?: ReadonlyMap<string, object | null> | undefined;
  /** The caller's own id, for families of which everybody holds their own. */
  readonly self?: string | undefined;
}

/** The loader ran and found nothing, which not even the admin scope makes up for. */
export const NOTHING_FOUND = Symbol('nothing found');

/**
 * The id that fills a hole: `undefined` when it is not known yet, `null` when there is none, because it is missing,
 * null, empty, or neither text nor a finite number.
 */
export function holeId(hole: Hole, known: Known): string | null | undefined | typeof NOTHING_FOUND {
  switch (hole.from) {
    case 'args':
      return known.args === undefined ? undefined : toId(argumentAt(hole.path, known.args));
    case 'parent':
      return known.parent === undefined ? undefined : idIn(known.parent, hole.property);
    case 'item':
      return known.item === undefined ? undefined : idIn(known.item, hole.property);
    case 'loader': {
      const object = known.loaded?.get(hole.loader);
      if (object === null) return NOTHING_FOUND;
      return object === undefined ? undefined : idIn(object, hole.property);
    }
    case 'value':
      return hole.id;
    default:
      return hole satisfies never;
  }
}

function argumentAt(path: readonly string[], args: unknown): unknown {
  let value = args;
  for (const name of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return null;
    value = (value as Record<string, unknown>)[name]; // an own property, checked above
  }
  return value;
}

/** Also inherited properties, so that getters of a class count. */
function idIn(object: unknown, property: string): string | null {
  if (typeof object !== 'object' || object === null) return null;
  return toId((object as Record<string, unknown>)[property]); // any property may be asked for; toId checks it
}

/** The value as an id, or `null` when it is none. */
export function toId(value: unknown): string | null {
  if (typeof value === 'string') return value === '' ? null : value;
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : null;
}
