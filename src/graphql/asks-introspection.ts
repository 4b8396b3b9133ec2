import { type DocumentNode, Kind, type OperationDefinitionNode, type SelectionSetNode } from 'graphql';

import { isIntrospection } from './split-introspection.ts';

/** Whether `__schema` or `__type` is among the operation's root fields, under whatever alias, through whatever fragments. */
export function asksIntrospection(document: DocumentNode, operation: OperationDefinitionNode): boolean {
  const seen = new Set<string>();

  function within({ selections }: SelectionSetNode): boolean {
    return selections.some((selection) => {
      if (selection.kind === Kind.FIELD) return isIntrospection(selection);
      if (selection.kind === Kind.INLINE_FRAGMENT) return within(selection.selectionSet);
      const name = selection.name.value;
      if (seen.has(name)) return false;
      seen.add(name);
      return document.definitions.some(
        (definition) =>
          definition.kind === Kind.FRAGMENT_DEFINITION &&
          definition.name.value === name &&
          within(definition.selectionSet),
      );
    });
  }

  return within(operation.selectionSet);
}
