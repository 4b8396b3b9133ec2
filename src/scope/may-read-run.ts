import { type Identity, readableOwners } from './principal.ts';

/** Whether somebody may read a run: the rule of the field `Query.run`, and whose it is. */
export function mayReadRun(
  identity: Identity,
  { agentId, owner }: { readonly agentId: string; readonly owner: string },
): boolean {
  const owners = readableOwners(identity);
  if (owners !== 'all' && !owners.includes(owner)) return false;
  const { grants } = identity;
  return (
    grants.allows({ resource: 'sessions', id: null, action: 'read' }) ||
    grants.allows({ resource: 'agents', id: agentId, action: 'run' }) ||
    grants.allows({ resource: 'agents', id: agentId, action: 'read' })
  );
}
