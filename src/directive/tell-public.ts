/* oxlint-disable max-params -- resolvers have the four parameters that GraphQL gives them */
import { type GraphQLFieldResolver } from 'graphql';

import { type GuardedField } from './guarded-field.ts';

type Resolver<TContext> = GraphQLFieldResolver<unknown, TContext>;

/** `resolve` itself; of a field of Mutation that somebody wants to know of, one that tells of it before it runs. */
export function tellPublic<TContext>(
  { coordinate, onMutation }: Pick<GuardedField<TContext>, 'coordinate' | 'onMutation'>,
  resolve: Resolver<TContext>,
): Resolver<TContext> {
  if (onMutation === undefined) return resolve;
  return async (source, args, context, info) => {
    await onMutation({ coordinate, key: info.path.key, args, context, required: [], grants: [] });
    return await resolve(source, args, context, info);
  };
}
