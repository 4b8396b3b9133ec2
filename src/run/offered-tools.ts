import type { Agent } from '../agent/agent.ts';
import type { Tool } from '../agent/tool.ts';
import type { Identity } from '../scope/principal.ts';

/** The tools that the model may be told of: those whose scope the run's starter holds. */
export function offeredTools(agent: Agent, starter: Identity): Tool[] {
  return agent.tools.filter(({ scope }) => scope === null || starter.grants.allowsText(scope));
}
