import { type GrantSet } from '../scope/grant-set.ts';
import { holeId, type Known } from './hole-id.ts';
import { type RequiredScope } from './required-scope.ts';

/** The grant, as granted, by which a scope that is met is met. */
export function grantFor(required: RequiredScope, grants: GrantSet, known: Known): string | null {
  if (required.type === 'admin') return required.text;
  const { family, hole } = required;
  const filled = hole === null ? required.id : holeId(hole, known);
  const id = typeof filled === 'string' ? filled : null;
  return grants.grantFor({ resource: family.resource, id, action: family.action });
}
