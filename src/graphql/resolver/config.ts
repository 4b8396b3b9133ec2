import type { AgentRegistry } from '../../agent/agent-registry.ts';
import type { ScopeCatalogue } from '../../scope/catalogue.ts';
import type { ConfigResolvers } from '../generated/resolver-types.ts';

export function createConfigResolvers(agents: AgentRegistry, catalogue: ScopeCatalogue): ConfigResolvers {
  return {
    models: () => agents.models(),
    agents: () => agents.list(),
    scopes: () => catalogue.list(),
  };
}
