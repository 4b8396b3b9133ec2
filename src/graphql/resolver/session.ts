import type { AgentRegistry } from '../../agent/agent-registry.ts';
import { readableOwners } from '../../scope/principal.ts';
import { listMessages, toMessageCursor } from '../../store/message.ts';
import { toCursor } from '../../store/page.ts';
import { listRuns } from '../../store/run.ts';
import type { Db } from '../../store/tables.ts';
import { toConnection } from '../connection.ts';
import type { SessionResolvers } from '../generated/resolver-types.ts';
import { requirePrincipal } from '../request-context.ts';
import { lengthOfRun } from '../run-model.ts';

export function createSessionResolvers(db: Db, agents: AgentRegistry): SessionResolvers {
  return {
    userId: ({ owner }) => owner,
    agent: ({ agentId }) => agents.find(agentId),
    async runs({ id }, page, context) {
      const owners = readableOwners(requirePrincipal(context));
      const load = () => listRuns(db, owners, { sessionId: id, page });
      return toConnection(await context.pages.load(load, lengthOfRun), (run) => toCursor(run.id));
    },
    async messages({ id }, page, context) {
      const owners = readableOwners(requirePrincipal(context));
      const load = () => listMessages(db, owners, { sessionId: id, page });
      return toConnection(await context.pages.load(load, ({ content }) => content.length), toMessageCursor);
    },
  };
}
