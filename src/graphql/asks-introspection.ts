import { type DocumentNode, Kind, type OperationDefinitionNode, type SelectionSetNode } from 'graphql';

import { fragmentsOf } from '../directive/fragments-of.ts';
import { isIntrospection } from './split-introspection.ts';

/** Whether `__schema` or `__type` is among the operation's root fields, under whatever alias, through whatever fragments. */
export function asksIntrospection(document: DocumentNode, operation: OperationDefinitionNode): boolean {
  const fragments = fragmentsOf(document);

  function within({ selections }: SelectionSetNode): boolean {
    return selections.some((selection) => {
      if (selection.kind === Kind.FIELD) return isIntrospection(selection);
      if (selection.kind === Kind.INLINE_FRAGMENT) return within(selection.selectionSet);
      const name = selection.name.value;
      const fragment = fragments.get(name);
      fragments.delete(name); // each is looked into once
      return fragment !== undefined && within(fragment.selectionSet);
    });
  }

  return within(operation.selectionSet);
}
