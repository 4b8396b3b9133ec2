import { isSegment, parseScope } from '../scope/scope.ts';
import { type ScopeFamilies, type ScopeFamily } from './scope-family.ts';

/** What stands between braces in the id place, filled before matching. */
export type Hole =
  /** An argument of the field, after coercion, or a field of an input object in it. */
  | { readonly from: 'args'; readonly path: readonly string[] }
  /** A property of the object that the field is read from, or of an element of the list that it gives. */
  | { readonly from: 'parent' | 'item'; readonly property: string }
  /** A property of what the loader finds. */
  | { readonly from: 'loader'; readonly loader: string; readonly property: string }
  /** The value itself that an argument or an input field is given. `id`: filled in; `null`: with what is no id. */
  | { readonly from: 'value'; readonly id?: string | null };

/** One entry of `@requiresScope(scope: [...])`. */
export type RequiredScope =
  /** The admin scope, which only the admin scope itself meets. */
  | { readonly type: 'admin'; readonly text: string }
  | {
      readonly type: 'scope';
      readonly text: string;
      readonly family: ScopeFamily;
      /** `null`: global; else a literal id. Of no meaning when there is a hole. */
      readonly id: string | null;
      readonly hole: Hole | null;
    };

/** The names that a directive may use. */
export interface KnownNames {
  readonly families: ScopeFamilies;
  readonly loaders: ReadonlySet<string>;
  readonly adminScope: string;
}

const HOLE = /^\{([A-Za-z_]\w*)((?:\.[A-Za-z_]\w*)+)\}$/;
const VALUE_HOLE = '{value}';
const BRACE = /[{}]/;

/**
 * The requirement that one string of a directive writes.
 * @throws TypeError when it is empty, malformed, or names an unknown family or an unknown hole.
 */
export function requireScopeTemplate(text: string, known: KnownNames): RequiredScope {
  if (text === '') throw new TypeError('an empty scope.');
  if (text === known.adminScope) return { type: 'admin', text };
  const parts = text.split(':');
  const idPlace = parts.length === 3 ? parts[1] : undefined;
  const hole = idPlace !== undefined && BRACE.test(idPlace) ? requireHole(idPlace, known) : null;
  if (parts.some((part, index) => BRACE.test(part) && !(hole !== null && index === 1))) {
    throw new TypeError(`"${text}": a hole stands in the id place only, as in agents:{args.id}:run.`);
  }
  const scope = parseScope(hole === null ? text : `${parts[0]}:id:${parts[2]}`);
  if (scope === null) {
    throw new TypeError(`"${text}" is not a scope: write resource:action or resource:id:action.`);
  }
  const family = known.families.find(scope.resource, scope.action);
  if (family === null) throw new TypeError(`"${text}": ${scope.resource}:${scope.action} is no known scope.`);
  return { type: 'scope', text, family, id: hole === null ? scope.id : null, hole };
}

function requireHole(text: string, { loaders }: KnownNames): Hole {
  if (text === VALUE_HOLE) return { from: 'value' };
  const [, from, rest] = HOLE.exec(text) ?? [];
  if (from === undefined || rest === undefined)
    throw new TypeError(`"${text}" is not a hole: write {args.id}.`);
  const path = rest.slice(1).split('.');
  if (from === 'args') return { from, path };
  const [property, ...more] = path;
  if (property === undefined || more.length > 0) throw new TypeError(`"${text}": one property, no path.`);
  if (from === 'parent' || from === 'item') return { from, property };
  if (!loaders.has(from)) {
    throw new TypeError(
      `"${text}": no loader named "${from}"; there are args, parent, item, value${listed(loaders)}.`,
    );
  }
  return { from: 'loader', loader: from, property };
}

function listed(names: ReadonlySet<string>): string {
  return [...names].map((name) => `, ${name}`).join('');
}

/** Longer ids are not repeated in an answer, so that one long argument cannot be multiplied by many fields. */
const MAX_SHOWN_ID_LENGTH = 128;

/** The scope as a caller is told it: `id` in the place of a hole, or `<id>` when it is not known or does not do. */
export function formatRequiredScope(required: RequiredScope, id: string | null): string {
  if (required.type === 'admin' || required.hole === null) return required.text;
  const { resource, action } = required.family;
  const shown = id !== null && isSegment(id) && id.length <= MAX_SHOWN_ID_LENGTH ? id : '<id>';
  return `${resource}:${shown}:${action}`;
}
