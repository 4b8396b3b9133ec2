import { InvalidInputError, NotFoundError } from '../../errors.ts';
import type { RunEvent } from '../../event/run-event.ts';
import type { RunReader } from '../../run/run-reader.ts';
import { requireReadable } from '../../scope/require-owner.ts';
import type { SubscriptionResolvers } from '../generated/resolver-types.ts';
import { type RequestContext, requirePrincipal } from '../request-context.ts';

export function createSubscriptionResolvers(reader: RunReader): SubscriptionResolvers {
  /** Whose run each subscription reads: an operation has one. */
  const owners = new WeakMap<RequestContext, string>();
  return {
    runEvents: {
      async subscribe(_parent, { runId, after }, context) {
        const { findRunState, signal } = context;
        if (after < 0) throw new InvalidInputError('after', 'after must not be below 0.');
        const run = await findRunState(runId);
        if (run === null) throw new NotFoundError('Run');
        owners.set(context, run.owner);
        if (run.finishedAt !== null && after > run.lastSeq) {
          throw new InvalidInputError('after', `after must be at most ${run.lastSeq}, the run's last event.`);
        }
        if (run.finishedAt !== null) await reader.requireReadable({ runId: run.id, after });
        return reader.tail({ runId: run.id, after }, signal);
      },
      // An event is the field's value itself: nothing wraps it. Of another user it is told as long as the caller may read that one.
      resolve(event: RunEvent, _args: unknown, context: RequestContext) {
        const owner = owners.get(context);
        if (owner !== undefined) requireReadable(requirePrincipal(context), owner, 'Subscription.runEvents');
        return event;
      },
    },
  };
}
