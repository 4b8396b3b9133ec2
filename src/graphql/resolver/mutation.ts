import type { AgentRegistry } from '../../agent/agent-registry.ts';
import { NotFoundError } from '../../errors.ts';
import type { EventHub } from '../../event/event-hub.ts';
import { uuidV7 } from '../../lib/uuid-v7.ts';
import { cancelRun, deleteSessionWithRuns } from '../../run/cancel-run.ts';
import type { Dispatch } from '../../run/dispatch.ts';
import { eraseUser } from '../../run/erase-user.ts';
import type { RunEngine } from '../../run/run-engine.ts';
import type { RunReader } from '../../run/run-reader.ts';
import { continueRun } from '../../run/continue-run.ts';
import { submitRun } from '../../run/submit-run.ts';
import { mayReadRun } from '../../scope/may-read-run.ts';
import { actableOwners, readableOwners } from '../../scope/principal.ts';
import type { Revocation } from '../../scope/revocation.ts';
import type { Owners } from '../../store/owner.ts';
import { requireActable } from '../../scope/require-owner.ts';
import { findRunById } from '../../store/run.ts';
import { findSession, insertSession, renameSession } from '../../store/session.ts';
import type { Db } from '../../store/tables.ts';
import type { UserLimits } from '../../store/user-limits.ts';
import { checkDecisions, checkRunInput, checkSessionName } from '../check-input.ts';
import { checkRevocation } from '../check-revocation.ts';
import type { MutationResolvers } from '../generated/resolver-types.ts';
import { type RequestContext, requirePrincipal } from '../request-context.ts';

export interface MutationOptions {
  readonly db: Db;
  readonly dispatch: Dispatch;
  readonly agents: AgentRegistry;
  readonly engine: RunEngine;
  readonly reader: RunReader;
  readonly userLimits: UserLimits;
  /** Told of what is decided. */
  readonly hub: Pick<EventHub, 'publish'>;
  /** Revokes tokens for good and cancels their runs: how many. */
  revoke(revocation: Revocation, revokedBy: string): Promise<number>;
  readonly now: () => Date;
}

export function createMutationResolvers(options: MutationOptions): MutationResolvers {
  const { db, dispatch, agents, engine, reader, userLimits, now } = options;
  return {
    async runAgent(_parent, { input }, context) {
      const starter = requirePrincipal(context);
      const { waitMs, ...asked } = checkRunInput(input);
      if (agents.find(asked.agentId) === null) throw new NotFoundError('Agent');
      const { run, replayed } = await submitRun(
        { db, dispatch, limits: userLimits },
        { ...asked, starter, trace: context.span.traceContext, now: now() },
      );
      engine.wake(run.id, replayed ? null : run);
      const until = Math.min(waitMs, starter.validUntil.getTime() - now().getTime());
      if (until <= 0 || run.finishedAt !== null) return { ...run, replayed };
      return { ...((await reader.waitForAnswer(run, until, context.signal)) ?? notFound('Run')), replayed };
    },
    async cancelRun(_parent, { runId }, context) {
      const caller = requirePrincipal(context);
      const run = (await context.findRun(runId)) ?? notFound('Run');
      requireActable(caller, run.owner, 'Mutation.cancelRun');
      return await cancelRun({ engine, reader }, { owners: actableOwners(caller), run });
    },
    async continueRun(_parent, { runId, decisions }, context) {
      const decider = requirePrincipal(context);
      // The directive's loader has found it for this caller.
      const run = (await findRunById(db, runId)) ?? notFound('Run');
      if (!decider.grants.allows({ resource: 'approvals', id: run.agentId, action: 'decide' }))
        requireActable(decider, run.owner, 'Mutation.continueRun');
      await continueRun(options, { runId: run.id, decisions: checkDecisions(decisions), decider });
      return mayReadRun(decider, run) ? await findRunById(db, run.id) : null;
    },
    async createSession(_parent, { input: { agentId, name } }, context) {
      const { id: owner } = requirePrincipal(context);
      if (agents.find(agentId) === null) throw new NotFoundError('Agent');
      const sessionName = name === null || name === undefined ? null : checkSessionName('input.name', name);
      return await insertSession(db, { id: uuidV7(), agentId, owner, name: sessionName, now: now() });
    },
    async renameSession(_parent, { id, name }, context) {
      const owners = await requireActableSession(db, { id, context, coordinate: 'Mutation.renameSession' });
      const change = { id, name: checkSessionName('name', name), now: now() };
      return (await renameSession(db, owners, change)) ?? notFound('Session');
    },
    async deleteSession(_parent, { id }, context) {
      const owners = await requireActableSession(db, { id, context, coordinate: 'Mutation.deleteSession' });
      const isDeleted = await deleteSessionWithRuns(db, { engine, reader }, { owners, sessionId: id });
      return isDeleted ? id : notFound('Session');
    },
    async revokeTokens(_parent, { input }, context) {
      const { id: revokedBy } = requirePrincipal(context);
      const revocation = checkRevocation(input, now());
      context.outliveRevocation();
      return { ...revocation, cancelledRuns: await options.revoke(revocation, revokedBy) };
    },
    async eraseUser(_parent, { userId }) {
      return await eraseUser(db, userId, { engine, reader, now });
    },
  };
}

/** Whose sessions the caller may act on, when the session is one of theirs. */
async function requireActableSession(
  db: Db,
  { id, context, coordinate }: { id: string; context: RequestContext; coordinate: string },
): Promise<Owners> {
  const caller = requirePrincipal(context);
  const session = (await findSession(db, readableOwners(caller), id)) ?? notFound('Session');
  requireActable(caller, session.owner, coordinate);
  return actableOwners(caller);
}

function notFound(what: string): never {
  throw new NotFoundError(what);
}
