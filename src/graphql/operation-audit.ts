import type { ExecutionResult, GraphQLError, GraphQLSchema, OperationTypeNode } from 'graphql';

import type { AuditEntry } from '../audit/audit-entry.ts';
import { tokenReason } from '../audit/token-reason.ts';
import type { AdmittedMutation } from '../directive/admitted-mutation.ts';
import { refusalOf } from '../directive/refusal-error.ts';
import { type AmbitError, MissingScopeError, UnauthenticatedError } from '../errors.ts';
import { toAmbitError } from './format-error.ts';
import { type ChosenOperation, idsIn, type RootPlace, RootPlaces } from './read-root-fields.ts';

/** Where entries go. */
export interface AuditSink {
  record(entry: AuditEntry): void;
  /** Resolves when the entry is stored. @throws UnavailableError */
  store(entry: AuditEntry): Promise<void>;
}

/** Who sent an operation, and by which way. */
export type Sender = Pick<AuditEntry, 'userId' | 'transport'>;

/** What is known of an operation so far. */
export class OperationTrace {
  readonly correlationId: string;
  /** What is being decided about; `null`: the operation as a whole. */
  deciding: string | null = null;
  #chosen: ChosenOperation | null = null;
  #places: RootPlaces | null = null;

  constructor(correlationId: string) {
    this.correlationId = correlationId;
  }

  choose(chosen: ChosenOperation): void {
    this.#chosen = chosen;
    this.#places = new RootPlaces(chosen);
  }

  get operationName(): string | null {
    return this.#chosen?.operation.name?.value ?? null;
  }

  /** `null`: none is chosen so far. */
  get operationType(): `${OperationTypeNode}` | null {
    return this.#chosen?.operation.operation ?? null;
  }

  get isMutation(): boolean {
    return this.operationType === 'mutation';
  }

  /** The root field of that response key; without one the only root field there is. */
  placeOf(key: string | number | undefined): RootPlace | null {
    return this.#places?.find(key === undefined ? undefined : String(key)) ?? null;
  }
}

const DENIALS: ReadonlySet<string> = new Set(['UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND']);

/**
 * Tells the audit log of the operations of one server: of everything that is denied, wherever that is decided, as the errors of admission
 * and of results tell it; of each mutation before it runs, and of its failure.
 */
export class OperationAudit<TContext extends object> {
  readonly #sink: AuditSink;
  readonly #senderOf: (context: TContext) => Sender;
  readonly #traces = new WeakMap<TContext, OperationTrace>();

  constructor(sink: AuditSink, senderOf: (context: TContext) => Sender) {
    this.#sink = sink;
    this.#senderOf = senderOf;
  }

  /** An operation has arrived; its context is its own. */
  begin(context: TContext, trace: OperationTrace): void {
    this.#traces.set(context, trace);
  }

  /** The operation is not admitted. */
  refused(context: TContext, errors: readonly GraphQLError[]): void {
    const trace = this.#traces.get(context);
    if (trace === undefined) return;
    for (const error of errors) {
      const known = toAmbitError(error);
      const isDenial = known !== null && DENIALS.has(known.code);
      if (isDenial || trace.deciding !== null) this.#sink.record(this.#toEntry(error, { context, trace }));
    }
  }

  /** A result of the operation: the one of a query or mutation, one of many of a subscription. */
  answered(context: TContext, { errors = [] }: ExecutionResult): void {
    const trace = this.#traces.get(context);
    if (trace === undefined || errors.length === 0) return;
    for (const error of errors) {
      const entry = this.#toEntry(error, { context, trace });
      const isOfRoot = (error.path?.length ?? 0) <= 1;
      if (entry.outcome === 'DENIED' || (trace.isMutation && isOfRoot)) this.#sink.record(entry);
    }
  }

  /** A field of Mutation may run: it is to wait until that is stored. */
  async admitted(schema: GraphQLSchema, mutation: AdmittedMutation<TContext>): Promise<void> {
    const { context, coordinate, key, args, required, grants } = mutation;
    const field = schema.getMutationType()?.getFields()[coordinate.slice(coordinate.indexOf('.') + 1)];
    const trace = this.#traces.get(context);
    if (trace === undefined) throw new Error('A mutation runs that was not admitted.');
    await this.#sink.store({
      ...this.#senderOf(context),
      outcome: 'ALLOWED',
      correlationId: trace.correlationId,
      operationName: trace.operationName,
      field: coordinate,
      path: [key],
      ids: field === undefined ? {} : idsIn(field, args),
      required,
      grants,
    });
  }

  /** A token was refused before there was an operation. */
  tokenRefused(error: UnauthenticatedError, sender: Sender & { readonly correlationId: string }): void {
    this.#sink.record({ ...sender, outcome: 'DENIED', code: error.code, reason: tokenReason(error) });
  }

  #toEntry(
    error: GraphQLError,
    { context, trace }: { readonly context: TContext; readonly trace: OperationTrace },
  ): AuditEntry {
    const known = toAmbitError(error);
    const code = known?.code ?? codeOf(error);
    const isDenied = DENIALS.has(code) || trace.deciding !== null;
    return {
      ...this.#senderOf(context),
      outcome: isDenied ? 'DENIED' : 'FAILED',
      correlationId: trace.correlationId,
      operationName: trace.operationName,
      ...placeOf(error, known, trace),
      required: known instanceof MissingScopeError ? known.required : [],
      code,
      reason: known === null ? null : reasonOf(known),
    };
  }
}

/** Why the token was refused, or which of the inputs that were given. */
function reasonOf(error: AmbitError): string | null {
  if (error instanceof UnauthenticatedError) return tokenReason(error);
  const input = refusalOf(error)?.input ?? null;
  return input === null ? null : `${input} was given.`;
}

/** What is no error of ours is refused by the pipeline with a code, or a bug. */
function codeOf({ originalError, extensions }: GraphQLError): string {
  const code = originalError === undefined ? extensions['code'] : undefined;
  return typeof code === 'string' ? code : 'INTERNAL_SERVER_ERROR';
}

/** The field that the error is about: the one that was refused, else the root field at the error's path. */
function placeOf(
  { path = [] }: GraphQLError,
  known: AmbitError | null,
  trace: OperationTrace,
): Pick<AuditEntry, 'field' | 'path' | 'ids'> {
  const root = trace.placeOf(path[0]);
  const refused = known === null ? null : refusalOf(known);
  return {
    field: refused?.coordinate ?? trace.deciding ?? root?.field ?? null,
    path,
    ids: root?.ids ?? {},
  };
}
