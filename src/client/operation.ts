import type { AnsweredError } from './client-error.ts';

/** What is sent. */
export interface Operation {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** What is answered. */
export interface OperationResult {
  readonly data?: unknown;
  readonly errors?: readonly AnsweredError[];
}
