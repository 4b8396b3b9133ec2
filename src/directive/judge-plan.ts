import { getArgumentValues } from 'graphql';

import { type GrantSet } from '../scope/grant-set.ts';
import { type FieldRule, ruleDecider } from './field-rule.ts';
import { type Known } from './hole-id.ts';
import { FAILED, judgeRule } from './judge-rule.ts';
import { type OperationPlan, type PlannedField, type PlanNode, type PlanSelection } from './plan-node.ts';
import { listRefusals } from './list-refusals.ts';
import { type FieldRefusal, type Refusal, requiredScopes } from './refusal.ts';
import { isSelected } from './walk-plan.ts';

/** A selected root field and whether it is refused. */
export interface JudgedRootField {
  /** The response key. */
  readonly key: string;
  readonly coordinate: string;
  readonly refusal: Refusal | null;
}

/** What can be said of an operation before it runs. */
export interface Judgement {
  /** In document order, each path and coordinate once; at most 200 of them. */
  readonly refusals: readonly Refusal[];
  /** Some were left out of `refusals`. */
  readonly truncated: boolean;
  /** Every selected root field other than `__typename`, each response key once. */
  readonly rootFields: readonly JudgedRootField[];
  readonly anyRefused: boolean;
  /** There is a root field other than `__typename`, and every such field is refused. */
  readonly allRootFieldsRefused: boolean;
}

/** Who asks, and with what. */
export interface JudgeInput {
  /** `null`: no token. */
  readonly principal: { readonly grants: GrantSet } | null;
  /** Coerced, defaults filled in, as `getVariableValues` gives them. */
  readonly variables: Readonly<Record<string, unknown>>;
}

/**
 * Tells which fields of the operation are refused from the token and the coerced arguments alone. Holes that execution
 * fills count as met when any grant of their resource and action is held. For an abstract parent every object type
 * counts, so a refusal there means: if the object is of that type.
 */
export function judgePlan({ root }: OperationPlan, input: JudgeInput): Judgement {
  const nodes = selectedNodes(root, input);
  const refused = judgeFields(nodes, input);
  const rootFields = judgeRootFields(root, refused, input);
  return {
    ...listRefusals({ root, nodes, refused }, input.variables),
    rootFields,
    anyRefused: refused.size > 0,
    allRootFieldsRefused: rootFields.length > 0 && rootFields.every(({ refusal }) => refusal !== null),
  };
}

/** The nodes that `@skip` and `@include` leave reachable. */
function selectedNodes(root: PlanNode, { variables }: JudgeInput): Set<PlanNode> {
  const nodes = new Set([root]);
  for (const node of nodes) {
    for (const selection of node.selections) {
      if (!isSelected(selection, variables)) continue;
      for (const child of selection.children) nodes.add(child); // the loop goes on to what is added
    }
  }
  return nodes;
}

function judgeFields(nodes: ReadonlySet<PlanNode>, input: JudgeInput): Map<PlanSelection, FieldRefusal> {
  const refused = new Map<PlanSelection, FieldRefusal>();
  for (const selection of [...nodes].flatMap((node) => node.selections)) {
    if (selection.type !== 'field' || selection.rule === null || !isSelected(selection, input.variables))
      continue;
    const verdict = judgeField(selection, selection.rule, input);
    if (verdict !== null) refused.set(selection, verdict);
  }
  return refused;
}

function judgeField(
  field: PlannedField,
  rule: FieldRule,
  { principal, variables }: JudgeInput,
): FieldRefusal | null {
  const { coordinate } = field;
  if (principal === null) return { coordinate, kind: 'unauthenticated', requiredScopes: [] };
  const known: Known = ruleDecider(rule) === 'token' ? {} : { args: argumentsOf(field, variables) };
  if (judgeRule(rule, principal.grants, known) !== FAILED) return null;
  return { coordinate, kind: 'forbidden', requiredScopes: requiredScopes(rule, known) };
}

/** The coerced arguments of a planned field; `undefined` when they do not coerce. */
export function argumentsOf(
  { definition, node }: PlannedField,
  variables: Readonly<Record<string, unknown>>,
): Known['args'] {
  try {
    return getArgumentValues(definition, node, variables);
  } catch {
    // Execution answers for arguments that do not coerce, and never calls the resolver.
    return undefined;
  }
}

/** A key selected twice is refused when either selection is. */
function judgeRootFields(
  root: PlanNode,
  refused: ReadonlyMap<PlanSelection, FieldRefusal>,
  { variables }: JudgeInput,
): JudgedRootField[] {
  const byKey = new Map<string, JudgedRootField>();
  for (const { path, field } of rootFieldsOf(root, variables)) {
    const verdict = refused.get(field);
    const known = byKey.get(field.key);
    if (known !== undefined && (known.refusal !== null || verdict === undefined)) continue;
    byKey.set(field.key, {
      key: field.key,
      coordinate: field.coordinate,
      refusal: verdict === undefined ? null : { path, ...verdict },
    });
  }
  return [...byKey.values()];
}

/** Through fragments, each of them once. */
function* rootFieldsOf(root: PlanNode, variables: Readonly<Record<string, unknown>>) {
  const nodes = new Set([root]);
  for (const { selections } of nodes) {
    for (const selection of selections.filter((selection) => isSelected(selection, variables))) {
      if (selection.type === 'field') yield { path: [selection.key], field: selection };
      else for (const child of selection.children) nodes.add(child);
    }
  }
}
