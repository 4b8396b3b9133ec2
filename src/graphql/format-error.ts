import { randomUUID } from 'node:crypto';

import { GraphQLError, type GraphQLFormattedError, Kind } from 'graphql';

import {
  AmbitError,
  ApprovalConflictError,
  CostExceededError,
  CursorExpiredError,
  InvalidDocumentError,
  InvalidInputError,
  LimitExceededError,
  MissingScopeError,
  UnauthenticatedError,
} from '../errors.ts';
import type { Logger } from '../lib/logger.ts';
import { correlationIdOf } from './correlation.ts';
import { challengeForScopes } from './insufficient-scope.ts';

/** An error as a caller sees it, with the HTTP status and headers that an answer without data takes from it. */
export interface ErrorAnswer {
  readonly formatted: GraphQLFormattedError;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** Turns whatever was thrown into what a caller may see. Never throws. */
export type ErrorFormatter = (error: unknown) => ErrorAnswer;

export interface ErrorFormatterOptions {
  readonly log: Logger;
  /** Names an internal error that belongs to no operation, for the caller and the log; a random UUID by default. */
  readonly newCorrelationId?: () => string;
  /** Told of each refusal because a limit was reached, by the limit's name. Default: nobody is. */
  readonly onLimit?: (limit: string) => void;
}

const STATUS: Readonly<Record<string, number>> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  BAD_USER_INPUT: 400,
  UNAVAILABLE: 503,
};

/** Codes of refusals that are no class of ours: made by the pipeline before execution, or by the HTTP library. */
const REQUEST_CODES: ReadonlySet<unknown> = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_REQUEST',
  'FORBIDDEN',
  'DOCUMENT_NOT_TRUSTED',
  'NOT_FOUND',
  'PERSISTED_QUERY_NOT_SUPPORTED',
]);

/**
 * The formatter of one server. An error of `errors.ts` is shown with its code and data; every other one is logged once,
 * with its cause and a correlation id, and shown as INTERNAL_SERVER_ERROR with that id alone.
 */
export function createErrorFormatter({
  log,
  newCorrelationId = randomUUID,
  onLimit,
}: ErrorFormatterOptions): ErrorFormatter {
  const answered = new WeakMap<object, ErrorAnswer>();

  function answer(error: unknown): ErrorAnswer {
    const known = toAmbitError(error);
    if (known instanceof LimitExceededError) onLimit?.(known.limit);
    if (known !== null) return toAnswer(known, error);
    if (isRequestError(error)) {
      const { message, locations, extensions } = error;
      return toErrorAnswer(
        { message, ...(locations && { locations }), extensions: { code: extensions['code'] } },
        400,
      );
    }
    const correlationId = correlationIdOf(error) ?? newCorrelationId();
    log.error({ err: rootOf(error), correlationId, ...placeOf(error) }, 'an operation failed');
    const extensions = { code: 'INTERNAL_SERVER_ERROR', correlationId };
    return toErrorAnswer({ message: 'Internal server error.', ...placeOf(error), extensions }, 500);
  }

  return (error) => {
    if (typeof error !== 'object' || error === null) return answer(error);
    const before = answered.get(error) ?? answer(error);
    answered.set(error, before);
    return before;
  };
}

/** The error of ours inside `error`: itself, what a resolver threw, or a value that graphql refused; `null`: none. */
export function toAmbitError(error: unknown): AmbitError | null {
  for (let inner = error; inner !== undefined && inner !== null;) {
    if (inner instanceof AmbitError) return inner;
    if (!(inner instanceof GraphQLError)) return null;
    const invalid = toInvalidInput(inner);
    if (invalid !== null) return invalid;
    inner = inner.originalError;
  }
  return null;
}

/** `error` where a GraphQL error is wanted, itself inside. */
export function toGraphQLError(error: unknown, path?: readonly (string | number)[]): GraphQLError {
  if (error instanceof GraphQLError) return error;
  const originalError = error instanceof Error ? error : new Error(`Not an error: ${String(error)}`);
  return new GraphQLError(originalError.message, { originalError, path: path ?? null });
}

/** Status and headers of an answer that has no data: those of the error that says most about the request. */
export function chooseErrorHead(answers: readonly ErrorAnswer[]): Pick<ErrorAnswer, 'status' | 'headers'> {
  const order = [401, 403, 413, 429, 500, 503, 400];
  const head = order
    .map((status) => answers.find((answer) => answer.status === status))
    .find((answer) => answer !== undefined);
  if (head?.status !== 403) return head ?? { status: 200, headers: {} };
  const allOf = answers.flatMap(({ formatted }) => readRequiredScopes(formatted));
  return { status: 403, headers: { ...head.headers, 'www-authenticate': challengeForScopes(allOf) } };
}

/** As `dataOf` wrote them. */
function readRequiredScopes({ extensions }: GraphQLFormattedError): readonly (readonly string[])[] {
  const lists = extensions?.['code'] === 'FORBIDDEN' ? extensions['requiredScopes'] : undefined;
  return Array.isArray(lists) ? lists : [];
}

const VALUE_KINDS: ReadonlySet<Kind | undefined> = new Set([
  Kind.VARIABLE,
  Kind.INT,
  Kind.FLOAT,
  Kind.STRING,
  Kind.BOOLEAN,
  Kind.NULL,
  Kind.ENUM,
  Kind.LIST,
  Kind.OBJECT,
]);

/**
 * graphql refuses some values only while it executes (a null in a nullable variable of a non-null argument): its error then
 * points at the value, which no other error does.
 */
function toInvalidInput({
  message,
  nodes,
  originalError,
  extensions,
}: GraphQLError): InvalidInputError | null {
  const thrownByGraphql =
    extensions['code'] === undefined &&
    (originalError === undefined || originalError instanceof GraphQLError);
  if (!thrownByGraphql || !VALUE_KINDS.has(nodes?.[0]?.kind)) return null;
  return new InvalidInputError(/^Argument "(\w+)"/.exec(message)?.[1] ?? '', message.slice(0, 300));
}

function rootOf(error: unknown): unknown {
  let root = error;
  while (root instanceof GraphQLError && root.originalError !== undefined) root = root.originalError;
  return root;
}

function isRequestError(error: unknown): error is GraphQLError {
  return (
    error instanceof GraphQLError &&
    error.originalError === undefined &&
    error.path === undefined &&
    REQUEST_CODES.has(error.extensions['code'])
  );
}

function toAnswer(known: AmbitError, thrown: unknown): ErrorAnswer {
  const status = known instanceof LimitExceededError ? known.status : (STATUS[known.code] ?? 200);
  const formatted = {
    message: known.message,
    ...placeOf(thrown),
    extensions: { code: known.code, ...dataOf(known) },
  };
  return toErrorAnswer(formatted, status, headersOf(known));
}

function toErrorAnswer(
  formatted: GraphQLFormattedError,
  status: number,
  headers: Readonly<Record<string, string>> = {},
): ErrorAnswer {
  return { formatted, status, headers };
}

function placeOf(error: unknown): Pick<GraphQLFormattedError, 'locations' | 'path'> {
  if (!(error instanceof GraphQLError)) return {};
  const { locations, path } = error;
  return { ...(locations && { locations }), ...(path && { path }) };
}

/** What a code carries besides its message: design's table of answers. */
function dataOf(error: AmbitError): Record<string, unknown> {
  if (error instanceof MissingScopeError) return { requiredScopes: error.required };
  if (error instanceof InvalidDocumentError) return { locations: error.locations };
  if (error instanceof InvalidInputError) return { field: error.field };
  if (error instanceof ApprovalConflictError) return { openApprovals: error.openApprovals };
  if (error instanceof CursorExpiredError) return { resumeAfter: error.resumeAfter };
  if (error instanceof LimitExceededError) {
    const { limit, retryAfterMs } = error;
    const cost = error instanceof CostExceededError && { cost: error.estimate, maxCost: error.maximum };
    return { limit, ...(retryAfterMs !== undefined && { retryAfterMs }), ...cost };
  }
  return {};
}

/** https://www.rfc-editor.org/rfc/rfc6750#section-3, https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3 */
function headersOf(error: AmbitError): Record<string, string> {
  if (error instanceof UnauthenticatedError) {
    return { 'www-authenticate': error.reason === 'missing' ? 'Bearer' : 'Bearer error="invalid_token"' };
  }
  if (error instanceof MissingScopeError) return { 'www-authenticate': challengeForScopes(error.required) };
  if (error instanceof LimitExceededError && error.retryAfterMs !== undefined) {
    return { 'retry-after': String(Math.ceil(error.retryAfterMs / 1000)) };
  }
  return {};
}
