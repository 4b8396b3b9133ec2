import type { AgentRegistry } from '../../agent/agent-registry.ts';
import type { RunResolvers } from '../generated/resolver-types.ts';
import type { ToolStepRow } from '../../store/step-row.ts';
import { fromStep } from '../tool-call-model.ts';

export function createRunResolvers(agents: AgentRegistry): RunResolvers {
  return {
    userId: ({ owner }) => owner,
    toolCalls: async ({ id }, _args, { listToolSteps }) => (await listToolSteps(id)).map(fromStep),
    pendingApprovals: async ({ id, status }, _args, { listToolSteps }) =>
      status === 'PAUSED' ? (await listToolSteps(id)).filter(isPending).map(fromStep) : [],
    metrics: ({ metrics, startedAt, finishedAt }) => ({
      ...metrics,
      totalTokens: toInt(metrics.inputTokens + metrics.outputTokens),
      durationMs:
        startedAt === null || finishedAt === null ? null : toInt(finishedAt.getTime() - startedAt.getTime()),
    }),
    replayed: ({ replayed }) => replayed ?? false,
    agent: ({ agentId }) => agents.find(agentId),
  };
}

/** Of a PAUSED run, whose other calls have ended. */
function isPending({ finishedAt }: ToolStepRow): boolean {
  return finishedAt === null;
}

/** As GraphQL's Int holds a count: two that fit may come to one that does not, and a clock may go backwards. */
function toInt(value: number): number {
  return Math.min(Math.max(value, 0), 2 ** 31 - 1);
}
