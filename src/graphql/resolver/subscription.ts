import { InvalidInputError, NotFoundError } from '../../errors.ts';
import type { RunEvent } from '../../event/run-event.ts';
import type { RunReader } from '../../run/run-reader.ts';
import type { SubscriptionResolvers } from '../generated/resolver-types.ts';

export function createSubscriptionResolvers(reader: RunReader): SubscriptionResolvers {
  return {
    runEvents: {
      async subscribe(_parent, { runId, after }, { findRunState, signal }) {
        if (after < 0) throw new InvalidInputError('after', 'after must not be below 0.');
        const run = await findRunState(runId);
        if (run === null) throw new NotFoundError('Run');
        if (run.finishedAt !== null && after > run.lastSeq) {
          throw new InvalidInputError('after', `after must be at most ${run.lastSeq}, the run's last event.`);
        }
        if (run.finishedAt !== null) await reader.requireReadable({ runId: run.id, after });
        return reader.tail({ runId: run.id, after }, signal);
      },
      // An event is the field's value itself: nothing wraps it.
      resolve: (event: RunEvent) => event,
    },
  };
}
