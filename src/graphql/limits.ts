import { type DocumentNode, Kind, type SelectionNode, type SelectionSetNode, visit } from 'graphql';

import { fragmentsOf } from '../directive/fragments-of.ts';
import { LimitExceededError } from '../errors.ts';

/** What one operation may ask for. A fragment counts as often as it is spread. */
export interface Limits {
  /** UTF-8 bytes of the document. */
  readonly documentBytes: number;
  /** Lexical tokens of the document. */
  readonly tokens: number;
  /** Fields within fields. */
  readonly depth: number;
  /** Fields under another name. */
  readonly aliases: number;
  readonly rootFields: number;
  readonly fields: number;
  /** Directives in the whole document, as written. */
  readonly directives: number;
  /** Items of one list, in a literal and in a variable. */
  readonly listItems: number;
  /** Lists and objects within each other, in a literal and in a variable. */
  readonly valueDepth: number;
  /** The estimate of `estimateCost`. */
  readonly cost: number;
  /** Until a query has its result, and a subscription its source of events; in milliseconds. */
  readonly queryMs: number;
  /** Until a mutation has its result: longer than `waitSeconds` may be. */
  readonly mutationMs: number;
  /** Characters of one result, about: what is larger is not written out, so that it takes no more memory than it has. */
  readonly resultCharacters: number;
}

/** Room for the introspection query of GraphiQL (15 deep, 250 fields) and for pages of 100 within pages of 100. */
export const DEFAULT_LIMITS: Limits = {
  documentBytes: 131_072,
  tokens: 10_000,
  depth: 20,
  aliases: 100,
  rootFields: 20,
  fields: 600,
  directives: 100,
  listItems: 1000,
  valueDepth: 32,
  cost: 100_000,
  queryMs: 60_000,
  mutationMs: 300_000,
  resultCharacters: 67_108_864,
};

/** The error for a limit, named as in `Limits`; HTTP status 400. */
export function exceeds(limit: string, maximum: number): LimitExceededError {
  return new LimitExceededError(limit, `The operation goes beyond the limit ${limit} (${maximum}).`, {
    status: 400,
  });
}

/**
 * The first limit that any operation of `document` goes beyond, or `null`. Works on what has been parsed but not yet
 * validated: an unknown fragment counts nothing and a cycle once, since validation refuses both. Linear in the document,
 * however often its fragments are spread (the class of CVE-2025-32030).
 */
export function findExceededLimit(document: DocumentNode, limits: Limits): LimitExceededError | null {
  const measure = createMeasure(document);
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    const measures = measure(definition.selectionSet);
    for (const name of ['depth', 'aliases', 'rootFields', 'fields'] as const) {
      if (measures[name] > limits[name]) return exceeds(name, limits[name]);
    }
  }
  return findExceededValue(document, limits);
}

/** Directives and literal values, as written, of used and unused fragments alike. */
function findExceededValue(document: DocumentNode, limits: Limits): LimitExceededError | null {
  let found: LimitExceededError | null = null;
  let directives = 0;
  let depth = 0;
  function enter(items: number): void {
    if (++depth > limits.valueDepth) found ??= exceeds('valueDepth', limits.valueDepth);
    if (items > limits.listItems) found ??= exceeds('listItems', limits.listItems);
  }
  function leave(): void {
    depth--;
  }
  visit(document, {
    Directive(): void {
      if (++directives > limits.directives) found ??= exceeds('directives', limits.directives);
    },
    ListValue: { enter: ({ values }) => enter(values.length), leave },
    ObjectValue: { enter: ({ fields }) => enter(fields.length), leave },
  });
  return found;
}

interface Measures {
  readonly depth: number;
  readonly aliases: number;
  readonly rootFields: number;
  readonly fields: number;
}

const NOTHING: Measures = { depth: 0, aliases: 0, rootFields: 0, fields: 0 };

function createMeasure(document: DocumentNode): (selectionSet: SelectionSetNode) => Measures {
  const fragments = fragmentsOf(document);
  const measured = new Map<string, Measures>();

  function ofFragment(name: string): Measures {
    const known = measured.get(name);
    if (known !== undefined) return known;
    measured.set(name, NOTHING); // what a cycle finds
    const fragment = fragments.get(name);
    const measures = fragment === undefined ? NOTHING : ofSelections(fragment.selectionSet);
    measured.set(name, measures);
    return measures;
  }

  function ofSelection(selection: SelectionNode): Measures {
    if (selection.kind === Kind.FRAGMENT_SPREAD) return ofFragment(selection.name.value);
    const below = selection.selectionSet === undefined ? NOTHING : ofSelections(selection.selectionSet);
    if (selection.kind === Kind.INLINE_FRAGMENT) return below;
    return {
      depth: below.depth + 1,
      aliases: below.aliases + (selection.alias === undefined ? 0 : 1),
      rootFields: 1,
      fields: below.fields + 1,
    };
  }

  function ofSelections({ selections }: SelectionSetNode): Measures {
    return selections.map(ofSelection).reduce(add, NOTHING);
  }

  return ofSelections;
}

function add(one: Measures, other: Measures): Measures {
  return {
    depth: Math.max(one.depth, other.depth),
    aliases: one.aliases + other.aliases,
    rootFields: one.rootFields + other.rootFields,
    fields: one.fields + other.fields,
  };
}
