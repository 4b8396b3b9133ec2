import type { OperationPipeline } from '../graphql/operation.ts';
import { isRecord } from '../lib/is-record.ts';
import { HttpProblem } from './http-problem.ts';

/** The parameters of a request. GraphQL over HTTP, section 5.1. */
export interface SentOperation {
  readonly query: string;
  readonly operationName: string | null;
  readonly variables: Readonly<Record<string, unknown>> | null;
}

/** Reads the parameters in a body. Throws `HttpProblem` for others than those, and as `findQuery`. */
export function readOperation(
  body: unknown,
  { findQuery }: Pick<OperationPipeline<object>, 'findQuery'>,
): SentOperation {
  if (!isRecord(body)) throw new HttpProblem(400, 'The body must be a JSON object.');
  const { operationName = null, variables = null, extensions = null } = body;
  const query = findQuery(body);
  if (typeof query !== 'string' || query === '') throw new HttpProblem(400, 'The query must be a text.');
  if (operationName !== null && typeof operationName !== 'string')
    throw new HttpProblem(400, 'The operationName must be a text.');
  if (variables !== null && !isRecord(variables))
    throw new HttpProblem(400, 'The variables must be a JSON object.');
  if (extensions !== null && !isRecord(extensions))
    throw new HttpProblem(400, 'The extensions must be a JSON object.');
  return { query, operationName, variables };
}
