import { randomUUID } from 'node:crypto';

import { type ExecutionResult, type FormattedExecutionResult, type GraphQLSchema } from 'graphql';

import { type Caller } from '../directive/caller.ts';
import { judgePlan } from '../directive/judge-plan.ts';
import { planOperation } from '../directive/operation-plan.ts';
import { SchemaViews } from '../directive/schema-views.ts';
import { UnauthenticatedError } from '../errors.ts';
import type { Logger } from '../lib/logger.ts';
import { isLargerThan } from '../lib/is-larger-than.ts';
import { tagError } from './correlation.ts';
import { type AdmittedOperation, type Decision, decideOperation, isRefused } from './decide-operation.ts';
import { followResults } from './follow-results.ts';
import { examineOperation, type OperationRequest, requireToken } from './examine-operation.ts';
import { type AccessQuestion, type AccessReport, explainAccess, toAccessError } from './explain-access.ts';
import { assertFieldWeights, type FieldWeights } from './field-weights.ts';
import {
  chooseErrorHead,
  createErrorFormatter,
  type ErrorFormatter,
  toAmbitError,
  toGraphQLError,
} from './format-error.ts';
import { DEFAULT_LIMITS, exceeds, type Limits } from './limits.ts';
import { type OperationAudit, OperationTrace, type Sender } from './operation-audit.ts';
import { codeOfFirst, type OperationWatch, type WatchedOperation } from './operation-watch.ts';
import { createPerformer } from './perform-operation.ts';
import { createReadOnce } from './read-once.ts';
import { createDocumentReader, type ReadDocument } from './read-document.ts';
import type { Results } from './run-within.ts';
import { type DocumentRequest, findQuery, type TrustedDocuments } from './trusted-documents.ts';

export interface OperationPipelineOptions<TContext extends object> {
  /** As `guardSchema` gave it. */
  readonly schema: GraphQLSchema;
  /** `null`: no token. May throw `UnauthenticatedError`: the token has expired since. */
  principalOf(context: TContext): Caller | null;
  /** Calls back when the caller's token is revoked; returns what calls that off. Default: never. */
  onRevoked?(context: TContext, callback: () => void): () => void;
  /** Those left out are of `DEFAULT_LIMITS`. */
  readonly limits?: Partial<Limits>;
  /** What fields count in an operation's cost; 1 where nothing is said. */
  readonly weights?: FieldWeights;
  /** The only documents that run. `null`, as by default: all do. */
  readonly trustedDocuments?: TrustedDocuments | null;
  /** `token`: for any valid token; `off`: for nobody. */
  readonly introspection: 'token' | 'off';
  readonly log: Logger;
  /** Names an operation for its caller, the log and the audit log; a random UUID by default. */
  readonly newCorrelationId?: () => string;
  /** Told of what is denied and of mutations. Default: nobody is. */
  readonly audit?: OperationAudit<TContext>;
  /** As `ErrorFormatterOptions`. */
  readonly onLimit?: (limit: string) => void;
  /** Told of every operation. Default: nobody is. */
  readonly watch?: OperationWatch<TContext>;
}

/** `correlationId` names the operation from here on. */
export type Admission<TContext> = Decision<TContext> & { readonly correlationId: string };

/** A result with its errors formatted, and the HTTP status and headers it has where there are such. */
export interface OperationAnswer {
  readonly result: FormattedExecutionResult;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * What every operation goes through, whatever carried it: read (size, parse, limits, validation) → admit (choice of the
 * operation, variables, cost, authorization) → run → answer (errors formatted). None of these throws for what a caller sent.
 */
export interface OperationPipeline<TContext extends object> {
  readonly schema: GraphQLSchema;
  /** The text that a request asks to run, as `findQuery`. Throws a `GraphQLError`. */
  findQuery(request: DocumentRequest): unknown;
  readDocument(query: string): ReadDocument;
  admit(read: ReadDocument, request: OperationRequest<TContext>): Admission<TContext>;
  /**
   * The result of a query or mutation, or one result per event of a subscription; the source may still throw. A query or mutation whose
   * caller's token is revoked meanwhile ends at once, without data.
   */
  run(admitted: AdmittedOperation<TContext>): Promise<Results>;
  answer(result: ExecutionResult): OperationAnswer;
  /**
   * What the operation would ask of the context's caller. Nothing of it is executed.
   * @throws AmbitError where the operation itself would be refused as it is, whoever asks.
   */
  explain(question: AccessQuestion, context: TContext): AccessReport;
  readonly formatError: ErrorFormatter;
  /** Takes note of a token that was refused, where `error` is that; gives the id under which. */
  noteRefusedToken(error: unknown, sender: Sender): string;
}

/** The pipeline over `schema`. Make one per server: it keeps the documents it has read. */
export function createOperationPipeline<TContext extends object>(
  options: OperationPipelineOptions<TContext>,
): OperationPipeline<TContext> {
  const {
    schema,
    audit,
    watch,
    newCorrelationId = randomUUID,
    weights = {},
    trustedDocuments = null,
  } = options;
  assertFieldWeights(schema, weights);
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const formatError = createErrorFormatter(options);
  const views = new SchemaViews(schema);
  const readDocument = createDocumentReader(schema, limits, trustedDocuments);
  const readOnce = createReadOnce<TContext>(readDocument);

  const perform = createPerformer({ ...options, limits, views });

  return {
    schema,
    formatError,
    findQuery: (request) => findQuery(request, trustedDocuments),
    readDocument,
    admit(read, request) {
      const startedAt = performance.now();
      const trace = new OperationTrace(newCorrelationId());
      audit?.begin(request.context, trace);
      const decision = decideOperation(read, request, { ...options, weights, limits, trace, startedAt });
      const { correlationId } = trace;
      if (decision.errors === null) return { ...decision, correlationId };
      for (const error of decision.errors) tagError(error, correlationId);
      audit?.refused(request.context, decision.errors);
      const { operationType: type, operationName: name } = trace;
      const watched = { context: request.context, correlationId, type, name, startedAt };
      watch?.begin(watched);
      watch?.end(watched, codeOfFirst(decision.errors));
      return { ...decision, correlationId };
    },
    async run(admitted) {
      const { contextValue, correlationId } = admitted;
      const watched = toWatched(admitted);
      watch?.begin(watched);
      const onResult = (result: ExecutionResult) => {
        for (const error of result.errors ?? []) tagError(error, correlationId);
        audit?.answered(contextValue, result);
      };
      const onError = (error: unknown) => {
        tagError(error, correlationId);
        audit?.answered(contextValue, { errors: [toGraphQLError(error)] });
      };
      const results = await (watch?.within(contextValue, () => perform(admitted)) ?? perform(admitted));
      if (Symbol.asyncIterator in results) {
        watch?.end(watched, null);
        return followResults(results, { onResult, onError });
      }
      onResult(results);
      watch?.end(watched, codeOfFirst(results.errors));
      return results;
    },
    noteRefusedToken(error, sender) {
      const correlationId = newCorrelationId();
      tagError(error, correlationId);
      const known = toAmbitError(error);
      if (known instanceof UnauthenticatedError) audit?.tokenRefused(known, { ...sender, correlationId });
      return correlationId;
    },
    explain({ operation: query, ...question }, context) {
      try {
        const { document, errors: unreadable } = readOnce(query, context);
        if (document === null) throw unreadable[0];
        const request = { ...question, context, canStream: true };
        const { examined, errors } = examineOperation(document, request, {
          ...options,
          weights,
          limits,
          trace: null,
        });
        if (examined === null) throw errors[0];
        const { operation, variables } = examined;
        const caller = requireToken(examined.principal, 'explainAccess');
        const plan = planOperation(schema, document, operation);
        const admitted = !isRefused(operation, judgePlan(plan, { principal: caller, variables }));
        return { admitted, ...explainAccess({ schema, document, plan, caller, variables, views }) };
      } catch (error) {
        throw toAccessError(error);
      }
    },
    answer({ data, errors }) {
      if (!isLargerThan(data, limits.resultCharacters)) return answer(data, errors, formatError);
      const tooLarge = toGraphQLError(exceeds('resultCharacters', limits.resultCharacters));
      return answer(undefined, [tooLarge], formatError);
    },
  };
}

function toWatched<TContext>(admitted: AdmittedOperation<TContext>): WatchedOperation<TContext> {
  const { operation, contextValue: context, correlationId, startedAt } = admitted;
  return {
    context,
    correlationId,
    type: operation.operation,
    name: operation.name?.value ?? null,
    startedAt,
  };
}

function answer(
  data: ExecutionResult['data'],
  errors: ExecutionResult['errors'],
  formatError: ErrorFormatter,
): OperationAnswer {
  const shown = data === undefined ? {} : { data };
  if (errors === undefined || errors.length === 0) return { result: shown, status: 200, headers: {} };
  const answers = errors.map(formatError);
  const result = { errors: answers.map(({ formatted }) => formatted), ...shown };
  if (data !== undefined && data !== null) return { result, status: 200, headers: {} };
  return { result, ...chooseErrorHead(answers) };
}
