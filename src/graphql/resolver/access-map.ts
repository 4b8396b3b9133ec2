import { MissingScopeError } from '../../errors.ts';
import { createAccessMap, type MapAccess } from '../access-map.ts';
import type { QueryResolvers } from '../generated/resolver-types.ts';
import { requirePrincipal } from '../request-context.ts';

const REACH = { all: 'ALL', some: 'SOME', none: 'NONE' } as const;

/** The map names what the schema's view hides from the caller: where introspection is closed, so is it. */
export function createAccessMapResolver(
  introspection: 'token' | 'off',
): NonNullable<QueryResolvers['accessMap']> {
  let mapAccess: MapAccess | null = null;
  return (...[, , context, { schema }]) => {
    const { grants } = requirePrincipal(context);
    if (introspection === 'off')
      throw new MissingScopeError('The access map is switched off, with introspection.', []);
    mapAccess ??= createAccessMap(schema);
    return mapAccess(grants).map(({ coordinate, isPublic, requirements, reach }) => ({
      coordinate,
      isPublic,
      requirements: requirements.map(({ anyOf, reach, heldBy, isOwnHeld }) => ({
        anyOf: [...anyOf],
        reach: REACH[reach],
        heldBy: [...heldBy],
        isOwnHeld,
      })),
      reach: REACH[reach],
    }));
  };
}
