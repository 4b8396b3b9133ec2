import { Kind, type OperationDefinitionNode, parse } from 'graphql';

import type { Operation } from './post-operation.ts';

/**
 * The operation as it is sent, and whether it is a subscription. Just after a change of tabs the editor still gives the name of the
 * operation in the tab before: a name that the document lacks is left out when the document has a single operation. What
 * does not parse is for the server to refuse.
 */
export function readOperation(operation: Operation): {
  readonly operation: Operation;
  readonly isSubscription: boolean;
} {
  const definitions = parseOperations(operation.query);
  const named = definitions.find(({ name }) => name?.value === operation.operationName);
  const only = definitions.length === 1 ? definitions[0] : undefined;
  const isSubscription = (named ?? only)?.operation === 'subscription';
  if (named !== undefined || only === undefined) return { operation, isSubscription };
  return { operation: { ...operation, operationName: only.name?.value }, isSubscription };
}

function parseOperations(query: string): OperationDefinitionNode[] {
  try {
    const { definitions } = parse(query, { noLocation: true });
    return definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  } catch {
    return [];
  }
}
