import { NotFoundError } from '../../errors.ts';
import { readableOwners } from '../../scope/principal.ts';
import { findRun } from '../../store/run.ts';
import type { Db } from '../../store/tables.ts';
import type { Resolvers } from '../generated/resolver-types.ts';
import { requirePrincipal } from '../request-context.ts';
import { fromSnapshot } from '../tool-call-model.ts';

type RunEventResolvers = Pick<
  Resolvers,
  | 'RunEvent'
  | 'RunStarted'
  | 'TextDelta'
  | 'ReasoningDelta'
  | 'ToolCallStarted'
  | 'ToolCallFinished'
  | 'ApprovalRequested'
  | 'ApprovalResolved'
  | 'MessageSuperseded'
  | 'RunFinished'
>;

/** The types of the `RunEvent` interface. */
export function createRunEventResolvers(db: Db): RunEventResolvers {
  return {
    RunEvent: { __resolveType: ({ type }) => type },
    RunStarted: {
      attempt: ({ payload }) => payload.attempt,
      model: ({ payload }) => payload.model,
    },
    TextDelta: {
      messageId: ({ payload }) => payload.messageId,
      delta: ({ payload }) => payload.delta,
    },
    ReasoningDelta: {
      messageId: ({ payload }) => payload.messageId,
      delta: ({ payload }) => payload.delta,
    },
    ToolCallStarted: { toolCall: ({ payload }) => fromSnapshot(payload.toolCall) },
    ToolCallFinished: { toolCall: ({ payload }) => fromSnapshot(payload.toolCall) },
    ApprovalRequested: { toolCall: ({ payload }) => fromSnapshot(payload.toolCall) },
    ApprovalResolved: {
      toolCall: ({ payload }) => fromSnapshot(payload.toolCall),
      approved: ({ payload }) => payload.approved,
    },
    MessageSuperseded: { messageId: ({ payload }) => payload.messageId },
    RunFinished: {
      // Read anew: what the subscription was judged by is the run as it was then.
      async run({ runId }, _args, context) {
        const run = await findRun(db, readableOwners(requirePrincipal(context)), runId);
        if (run === null) throw new NotFoundError('Run');
        return run;
      },
    },
  };
}
