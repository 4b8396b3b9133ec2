import { AgentRegistry } from '../agent/agent-registry.ts';
import type { AppDefinition } from '../agent/app-definition.ts';
import { mintToken } from '../auth/mint-token.ts';
import type { Config } from '../config.ts';
import { callers } from '../demo/callers.ts';
import type { OfferTokens } from '../page/token-offer.ts';
import { ScopeCatalogue } from '../scope/catalogue.ts';
import { DEFAULT_ADMIN_SCOPE } from '../scope/grant-set.ts';

/** Mints a token of a day for each of the five example callers, anew each time. For development mode only. */
export function createTokenOffer({ agents }: AppDefinition, config: Config): OfferTokens {
  const registry = new AgentRegistry(agents, config.model.defaultModel);
  const catalogue = new ScopeCatalogue(registry.toolScopes());
  return () =>
    Promise.all(
      callers.map(async (caller) => {
        const { id: subject } = caller;
        const scopes = caller.scopes.map((scope) =>
          scope === DEFAULT_ADMIN_SCOPE ? config.jwt.adminScope : scope,
        );
        return { ...caller, scopes, token: await mintToken(config.jwt, { subject, scopes, catalogue }) };
      }),
    );
}
