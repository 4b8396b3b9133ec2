import { type GrantSet } from '../scope/grant-set.ts';
import { type FieldRule } from './field-rule.ts';
import { type RequiredScope } from './required-scope.ts';

/** How far a rule lets a caller in: whatever the id, for the ids that the grants name, or never. */
export type Reach = 'all' | 'some' | 'none';

const ORDER: readonly Reach[] = ['none', 'some', 'all'];

/** The reach of the worst list, which has that of its best entry. */
export function fieldReach(rule: FieldRule | null, grants: GrantSet): Reach {
  const lists = rule?.allOf.map((anyOf) => best(anyOf.map((required) => scopeReach(required, grants)))) ?? [];
  return ORDER.find((reach) => lists.includes(reach)) ?? 'all';
}

function best(reaches: readonly Reach[]): Reach {
  return ORDER.findLast((reach) => reaches.includes(reach)) ?? 'none';
}

function scopeReach(required: RequiredScope, grants: GrantSet): Reach {
  if (grants.isAdmin) return 'all';
  if (required.type === 'admin') return 'none';
  const open = required.family.idsOpenTo(grants);
  if (open === 'all') return 'all';
  if (required.hole === null) return required.id !== null && open.has(required.id) ? 'all' : 'none';
  return open.size > 0 || required.family.isOwnHeld ? 'some' : 'none';
}
