import type { LimitExceededError } from '../errors.ts';
import { exceeds, type Limits } from './limits.ts';

/**
 * The first of `valueDepth` and `listItems` that a variable goes beyond, or `null`. Walks level by level, without
 * recursion, so that no nesting that JSON can carry exhausts the stack.
 */
export function findExceededVariable(
  variables: Readonly<Record<string, unknown>>,
  { valueDepth, listItems }: Pick<Limits, 'valueDepth' | 'listItems'>,
): LimitExceededError | null {
  let level: unknown[] = Object.values(variables);
  for (let depth = 0; level.length > 0; depth++) {
    const nested = level.filter((value) => typeof value === 'object' && value !== null);
    if (nested.length > 0 && depth === valueDepth) return exceeds('valueDepth', valueDepth);
    if (nested.some((value) => Array.isArray(value) && value.length > listItems)) {
      return exceeds('listItems', listItems);
    }
    level = nested.flatMap((value) => Object.values(value));
  }
  return null;
}
