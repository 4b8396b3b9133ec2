/* oxlint-disable max-params -- resolvers have the four parameters that GraphQL gives them */
import { defaultFieldResolver, type GraphQLFieldConfig } from 'graphql';

import { type OnMutation } from './admitted-mutation.ts';

/** A field of Mutation without a rule, told of as the guarded ones are. */
export function tellPublic<TContext>(
  config: GraphQLFieldConfig<unknown, TContext>,
  coordinate: string,
  onMutation: OnMutation<TContext>,
): GraphQLFieldConfig<unknown, TContext> {
  const { resolve = defaultFieldResolver } = config;
  return {
    ...config,
    async resolve(source, args, context, info) {
      await onMutation({ coordinate, key: info.path.key, args, context, required: [], grants: [] });
      return await resolve(source, args, context, info);
    },
  };
}
