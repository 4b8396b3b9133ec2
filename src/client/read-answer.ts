import { type AnsweredError, AmbitClientError, toClientError } from './client-error.ts';
import type { OperationResult } from './operation.ts';

/** What an answer of GraphQL over HTTP says, whatever its status; throws `AmbitClientError` for what is none. */
export async function readAnswer(response: Response): Promise<OperationResult> {
  const body: unknown = await response.json().catch(() => null);
  if (isResult(body)) return body;
  // Whoever stands in front of the server, while that is away.
  const code = response.status >= 500 || response.status === 429 ? 'NETWORK' : 'BAD_RESPONSE';
  const message = `HTTP ${response.status} without a GraphQL answer at ${response.url}.`;
  throw new AmbitClientError(message, { code });
}

/** The error of a result that has no data, or whose caller wants it whole; `null`: there is none. */
export function failureOf({ data, errors }: OperationResult): AmbitClientError | null {
  if (errors !== undefined && errors.length > 0) return toClientError(errors, data ?? null);
  return data === undefined || data === null ? toClientError([]) : null;
}

function isResult(value: unknown): value is OperationResult {
  if (typeof value !== 'object' || value === null) return false;
  return 'data' in value || ('errors' in value && isErrors(value.errors));
}

function isErrors(value: unknown): value is readonly AnsweredError[] {
  return Array.isArray(value) && value.every((error) => typeof error === 'object' && error !== null);
}
