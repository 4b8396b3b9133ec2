import type { AgentRegistry } from '../../agent/agent-registry.ts';
import { NotFoundError } from '../../errors.ts';
import { readableOwners } from '../../scope/principal.ts';
import { listOpenApprovals } from '../../store/open-approval.ts';
import { toCursor } from '../../store/page.ts';
import { listRuns } from '../../store/run.ts';
import { findSession, listSessions } from '../../store/session.ts';
import type { Db } from '../../store/tables.ts';
import { toConnection } from '../connection.ts';
import type { QueryResolvers } from '../generated/resolver-types.ts';
import { requirePrincipal } from '../request-context.ts';
import { lengthOfRun } from '../run-model.ts';
import type { ServerInfo } from '../server-info.ts';
import { createAccessMapResolver } from './access-map.ts';
import { createAuditResolver } from './audit.ts';
import { createExplainResolver, type Explain } from './explain-access.ts';

export interface QueryOptions {
  readonly db: Db;
  readonly agents: AgentRegistry;
  readonly info: ServerInfo;
  readonly explain: Explain;
  readonly introspection: 'token' | 'off';
  readonly health: () => Promise<{ status: string; version: string; database: string }>;
}

export function createQueryResolvers({
  db,
  agents,
  info,
  explain,
  introspection,
  health,
}: QueryOptions): QueryResolvers {
  return {
    health,
    viewer: (_parent, _args, { principal }) => principal,
    explainAccess: createExplainResolver(explain),
    accessMap: createAccessMapResolver(introspection),
    config: () => info,
    agents: () => agents.list(),
    agent(_parent, { id }) {
      return agents.find(id) ?? notFound('Agent');
    },
    async sessions(_parent, { agentId, userId, ...page }, context) {
      const principal = requirePrincipal(context);
      const rows = await listSessions(db, readableOwners(principal), { agentId, owner: userId, page });
      return toConnection(rows, (session) => toCursor(session.id));
    },
    async session(_parent, { id }, context) {
      const session = await findSession(db, readableOwners(requirePrincipal(context)), id);
      return session ?? notFound('Session');
    },
    async runs(_parent, { agentId, sessionId, userId, status, ...page }, context) {
      const principal = requirePrincipal(context);
      const query = { agentId, sessionId, owner: userId, status, page };
      const load = () => listRuns(db, readableOwners(principal), query);
      return toConnection(await context.pages.load(load, lengthOfRun), (run) => toCursor(run.id));
    },
    async approvals(_parent, { agentId, ...page }, context) {
      const decidable = requirePrincipal(context).grants.visibleIds('approvals', 'decide');
      const agentIds = typeof agentId === 'string' ? [agentId] : decidable === 'all' ? 'all' : [...decidable];
      return toConnection(await listOpenApprovals(db, agentIds, page), ({ id }) => toCursor(id));
    },
    audit: createAuditResolver(db),
    async run(_parent, { id }, { findRun }) {
      return (await findRun(id)) ?? notFound('Run');
    },
  };
}

function notFound(what: string): never {
  throw new NotFoundError(what);
}
