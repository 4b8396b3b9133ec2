import { type PlanNode, type PlanSelection } from './plan-node.ts';
import { type FieldRefusal, type Refusal } from './refusal.ts';
import { isSelected, walkPlan } from './walk-plan.ts';

/** The part of a plan that is selected, judged. */
export interface JudgedNodes {
  readonly root: PlanNode;
  /** Every node that the variables leave reachable. */
  readonly nodes: ReadonlySet<PlanNode>;
  readonly refused: ReadonlyMap<PlanSelection, FieldRefusal>;
}

const MAX_REFUSALS = 200;
/** Paths looked at for them: the same path can be reached over and over. */
const MAX_STEPS = 10_000;

/** The refusals with their paths, in document order, each path and coordinate once; `truncated` when there are more. */
export function listRefusals(
  { root, nodes, refused }: JudgedNodes,
  variables: Readonly<Record<string, unknown>>,
): { readonly refusals: readonly Refusal[]; readonly truncated: boolean } {
  const leading = refused.size === 0 ? new Set() : nodesLeadingTo(refused, nodes, variables);
  const isWanted = (selection: PlanSelection) =>
    isSelected(selection, variables) &&
    (refused.has(selection) || selection.children.some((child) => leading.has(child)));
  const refusals = new Map<string, Refusal>();
  let steps = 0;
  for (const { path, field } of walkPlan(root, isWanted)) {
    if ((steps += 1) > MAX_STEPS) return { refusals: [...refusals.values()], truncated: true };
    const refusal = refused.get(field);
    if (refusal === undefined) continue;
    const id = JSON.stringify([path, field.coordinate]);
    if (refusals.has(id)) continue;
    if (refusals.size === MAX_REFUSALS) return { refusals: [...refusals.values()], truncated: true };
    refusals.set(id, { path, ...refusal });
  }
  return { refusals: [...refusals.values()], truncated: false };
}

/** The nodes from which a refused field is reached, so that the walk enters no dead end. */
function nodesLeadingTo(
  refused: ReadonlyMap<PlanSelection, FieldRefusal>,
  nodes: ReadonlySet<PlanNode>,
  variables: Readonly<Record<string, unknown>>,
): Set<PlanNode> {
  const referrers = new Map<PlanNode, PlanNode[]>();
  const leading = new Set<PlanNode>();
  for (const node of nodes) {
    for (const selection of node.selections.filter((selection) => isSelected(selection, variables))) {
      if (refused.has(selection)) leading.add(node);
      for (const child of selection.children) {
        const known = referrers.get(child);
        if (known === undefined) referrers.set(child, [node]);
        else known.push(node);
      }
    }
  }
  for (const node of leading) for (const referrer of referrers.get(node) ?? []) leading.add(referrer);
  return leading;
}
