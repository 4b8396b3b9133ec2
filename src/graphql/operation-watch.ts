import type { GraphQLError, OperationTypeNode } from 'graphql';

import { toAmbitError } from './format-error.ts';

/** An operation that has arrived, as far as it could be read. */
export interface WatchedOperation<TContext> {
  readonly context: TContext;
  readonly correlationId: string;
  /** `null`: it could not be read, or there was no choosing one. */
  readonly type: `${OperationTypeNode}` | null;
  readonly name: string | null;
  /** As `performance.now()` gives it. */
  readonly startedAt: number;
}

/** Told of every operation that comes to the pipeline, with what it was answered: for traces, figures and the log. */
export interface OperationWatch<TContext> {
  /** It begins, once admitted, or is refused, and then ends at once. */
  begin(operation: WatchedOperation<TContext>): void;
  /** Performs it: what is called from within is of this operation. */
  within<TResult>(context: TContext, perform: () => TResult): TResult;
  /** `code`: that of its first error; `null`: it has none. Of a subscription: when its source is ready, or cannot be had. */
  end(operation: WatchedOperation<TContext>, code: string | null): void;
}

/** The code that a caller is told of the first error. */
export function codeOfFirst(errors: readonly GraphQLError[] = []): string | null {
  const [first] = errors;
  if (first === undefined) return null;
  const known = toAmbitError(first);
  if (known !== null) return known.code;
  // Only refusals of the pipeline itself say more; whatever was thrown is a bug.
  const code = first.originalError === undefined ? first.extensions['code'] : undefined;
  return typeof code === 'string' ? code : 'INTERNAL_SERVER_ERROR';
}
