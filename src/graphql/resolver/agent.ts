import type { AgentRegistry } from '../../agent/agent-registry.ts';
import type { AgentResolvers, ToolResolvers } from '../generated/resolver-types.ts';

export function createAgentResolvers(agents: AgentRegistry): AgentResolvers {
  return {
    model: (agent) => agents.modelOf(agent),
    tools: ({ tools }) => [...tools],
    canRun: ({ id }, _args, { principal }) =>
      principal?.grants.allows({ resource: 'agents', id, action: 'run' }) ?? false,
  };
}

export const toolResolvers: ToolResolvers = {
  parameters: ({ parametersSchema }) => parametersSchema,
  requiresApproval: ({ needsApproval }) => needsApproval !== false,
};
