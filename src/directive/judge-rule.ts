import { type GrantSet } from '../scope/grant-set.ts';
import { type FieldRule } from './field-rule.ts';
import { holeId, type Known, NOTHING_FOUND } from './hole-id.ts';
import { type RequiredScope } from './required-scope.ts';

/**
 * In rising order: no grant can meet it; it depends on an id not known yet, of a resource and action that the caller
 * holds some grant of; it is met.
 */
export const FAILED = 0;
export const OPEN = 1;
export const MET = 2;
export type Verdict = typeof FAILED | typeof OPEN | typeof MET;

/** The verdict of the worst list. */
export function judgeRule(rule: FieldRule, grants: GrantSet, known: Known): Verdict {
  let worst: Verdict = MET;
  for (const anyOf of rule.allOf) {
    const verdict = judgeList(anyOf, grants, known);
    if (verdict === FAILED) return FAILED;
    if (verdict < worst) worst = verdict;
  }
  return worst;
}

/** The verdict of the best entry. */
export function judgeList(anyOf: readonly RequiredScope[], grants: GrantSet, known: Known): Verdict {
  let best: Verdict = FAILED;
  for (const required of anyOf) {
    const verdict = judgeScope(required, grants, known);
    if (verdict === MET) return MET;
    if (verdict > best) best = verdict;
  }
  return best;
}

/**
 * The admin scope meets every entry, with one exception: what a loader hole stands for is looked up even then, so that
 * "not found" is the same answer for everybody.
 */
export function judgeScope(required: RequiredScope, grants: GrantSet, known: Known): Verdict {
  if (required.type === 'admin') return grants.isAdmin ? MET : FAILED;
  const { family, hole, id } = required;
  if (grants.isAdmin && hole?.from !== 'loader') return MET;
  const open = family.idsOpenTo(grants);
  if (hole === null) return open === 'all' || (id !== null && open.has(id)) ? MET : FAILED;
  const own = family.isOwnHeld ? known.self : undefined;
  if (open !== 'all' && open.size === 0 && own === undefined) return FAILED;
  const filled = holeId(hole, known);
  if (filled === undefined) return OPEN;
  if (filled === NOTHING_FOUND) return FAILED;
  if (filled === null) return grants.isAdmin ? MET : FAILED;
  return open === 'all' || open.has(filled) || filled === own ? MET : FAILED;
}
