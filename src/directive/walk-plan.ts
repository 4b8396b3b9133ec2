import { type Condition, type PlannedField, type PlanNode, type PlanSelection } from './plan-node.ts';

/** A planned field at one of the response paths that lead to it. */
export interface PlannedPath {
  /** Response keys from the root, without list indexes. */
  readonly path: readonly string[];
  readonly field: PlannedField;
}

/** One response path, the same object for the same keys, so that what was done at it can be remembered. */
class Place {
  readonly path: readonly string[];
  readonly #below = new Map<string, Place>();
  readonly #entered = new Set<PlanNode>();

  constructor(path: readonly string[]) {
    this.path = path;
  }

  below(key: string): Place {
    const place = this.#below.get(key) ?? new Place([...this.path, key]);
    this.#below.set(key, place);
    return place;
  }

  /** Whether this is the first time here. */
  enter(node: PlanNode): boolean {
    return this.#entered.size < this.#entered.add(node).size;
  }
}

/** The nodes that led somewhere, innermost first. */
interface Trail {
  readonly node: PlanNode;
  readonly outer: Trail | null;
}

interface Step {
  readonly selection: PlanSelection;
  readonly place: Place;
  readonly trail: Trail;
}

/**
 * Every planned field at every response path that leads to it, in document order. A selection set is read once per path
 * and type, however many fragments or possible types lead there; still there can be exponentially many
 * paths, so they come one by one and whoever reads bounds the number. Selections that `wanted` refuses are passed over
 * with all below; so is what would lead back into a selection set that it stands in, a fragment cycle.
 */
export function* walkPlan(
  root: PlanNode,
  wanted: (selection: PlanSelection) => boolean = () => true,
): Generator<PlannedPath, void, undefined> {
  const stack = stepsInto(root, new Place([]), null);
  for (let step = stack.pop(); step !== undefined; step = stack.pop()) {
    const { selection, trail } = step;
    if (!wanted(selection)) continue;
    const place = selection.type === 'field' ? step.place.below(selection.key) : step.place;
    if (selection.type === 'field') yield { path: place.path, field: selection };
    for (const child of selection.children.toReversed()) {
      if (!isOnTrail(child, trail)) stack.push(...stepsInto(child, place, trail));
    }
  }
}

/** Last first, since the steps go on a stack. */
function stepsInto(node: PlanNode, place: Place, outer: Trail | null): Step[] {
  if (!place.enter(node)) return [];
  const trail = { node, outer };
  return node.selections.map((selection) => ({ selection, place, trail })).toReversed();
}

function isOnTrail(node: PlanNode, trail: Trail): boolean {
  for (let at: Trail | null = trail; at !== null; at = at.outer) if (at.node === node) return true;
  return false;
}

/** Whether `@skip` and `@include` leave the selection in, for coerced variables. */
export function isSelected(
  { conditions }: { readonly conditions: readonly Condition[] },
  variables: Readonly<Record<string, unknown>>,
): boolean {
  return conditions.every(({ leavesOut, value }) => {
    const actual = typeof value === 'boolean' ? value : variables[value.variable];
    return actual !== leavesOut;
  });
}
