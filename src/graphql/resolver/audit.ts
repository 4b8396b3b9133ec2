import { listAuditEvents } from '../../store/audit-event.ts';
import { toCursor } from '../../store/page.ts';
import type { Db } from '../../store/tables.ts';
import { toConnection } from '../connection.ts';
import type { AuditEventResolvers, QueryResolvers } from '../generated/resolver-types.ts';

export function createAuditResolver(db: Db): NonNullable<QueryResolvers['audit']> {
  return async (_parent, { first, after, ...filter }) => {
    const events = await listAuditEvents(db, { ...filter, page: { first, after } });
    return toConnection(events, ({ id }) => toCursor(id));
  };
}

export const auditEventResolvers: AuditEventResolvers = {
  path: ({ path }) => [...path],
  requiredScopes: ({ required }) => required.map((anyOf) => [...anyOf]),
  grantedScopes: ({ grants }) => [...grants],
  ids: ({ ids }) => Object.entries(ids).map(([name, value]) => ({ name, value })),
};
