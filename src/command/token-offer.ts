import { AgentRegistry } from '../agent/agent-registry.ts';
import type { AppDefinition } from '../agent/app-definition.ts';
import { mintToken } from '../auth/mint-token.ts';
import type { Config } from '../config.ts';
import { type Caller, callers } from '../demo/callers.ts';
import type { OfferTokens } from '../page/token-offer.ts';
import { ScopeCatalogue } from '../scope/catalogue.ts';
import { DEFAULT_ADMIN_SCOPE } from '../scope/grant-set.ts';
import { parseScope, WILDCARD } from '../scope/scope.ts';

/** Mints a token of a day for each of the five example callers, anew each time. For development mode only. */
export function createTokenOffer({ agents }: AppDefinition, config: Config): OfferTokens {
  const registry = new AgentRegistry(agents, config.model.defaultModel);
  const catalogue = new ScopeCatalogue(registry.toolScopes());
  return () =>
    Promise.all(
      callers.map(async (caller) => {
        const { id: subject, may, scopes: example } = fitTo(registry, caller);
        const scopes = example.map((scope) =>
          scope === DEFAULT_ADMIN_SCOPE ? config.jwt.adminScope : scope,
        );
        return {
          id: subject,
          may,
          scopes,
          token: await mintToken(config.jwt, { subject, scopes, catalogue }),
        };
      }),
    );
}

/** Whoever may come to some agents of the example and to nothing else comes to the first agent of an app that has none of those. */
function fitTo(agents: AgentRegistry, caller: Caller): Caller {
  const ids = caller.scopes.map((scope) => parseScope(scope)?.id ?? WILDCARD);
  const [first] = agents.list();
  if (first === undefined || ids.some((id) => id === WILDCARD || agents.find(id) !== null)) return caller;
  const scopes = [`agents:${first.id}:read`, `agents:${first.id}:run`];
  return { ...caller, may: `read and run ${first.id}; other agents do not exist for them`, scopes };
}
