import type { ScopeCatalogue } from '../../scope/catalogue.ts';
import { parseScope } from '../../scope/scope.ts';
import type { ViewerResolvers } from '../generated/resolver-types.ts';

export function createViewerResolvers(catalogue: ScopeCatalogue, adminScope: string): ViewerResolvers {
  const isKnown = (text: string): boolean => {
    const scope = parseScope(text);
    return text === adminScope || (scope !== null && catalogue.has(scope));
  };
  return {
    scopes: ({ grants }) => [...grants.scopes],
    unknownScopes: ({ grants }) => [...grants.scopes, ...grants.malformed].filter((text) => !isKnown(text)),
    isAdmin: ({ grants }) => grants.isAdmin,
    can: ({ grants }, { scope }) => grants.allowsText(scope),
  };
}
