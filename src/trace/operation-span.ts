import { context, type Span, SpanKind, trace } from '@opentelemetry/api';

import { readCallersContext, toTraceContext, type TraceCarrier, type TraceContext } from './trace-context.ts';
import { endSpan, ownTracer } from './tracer.ts';

export interface OperationFacts {
  /** `null`: what was sent cannot be read so far. */
  readonly type: 'query' | 'mutation' | 'subscription' | null;
  /** As the client calls it, fit to be kept. */
  readonly name: string | null;
  readonly correlationId: string;
  readonly transport: string;
  /** As `performance.now()` gives it. */
  readonly startedAt: number;
}

/**
 * The span of one GraphQL operation, whatever carries it: of a query or mutation until it is answered, of a subscription until its source
 * is ready, since what follows is delivery. https://opentelemetry.io/docs/specs/semconv/graphql/graphql-spans/. The document is left
 * out: its literals are contents.
 */
export class OperationSpan {
  #carriers: readonly TraceCarrier[];
  #span: Span | null = null;

  /** The first of the carriers that names a trace is believed. */
  constructor(carriers: readonly TraceCarrier[]) {
    this.#carriers = carriers;
  }

  begin({ type, name, correlationId, transport, startedAt }: OperationFacts): void {
    const attributes = {
      ...(type !== null && { 'graphql.operation.type': type }),
      ...(name !== null && { 'graphql.operation.name': name }),
      'ambit.correlation.id': correlationId,
      'ambit.transport': transport,
    };
    const options = { kind: SpanKind.SERVER, startTime: startedAt, attributes };
    const caller = readCallersContext(this.#carriers);
    // A subscription lives long, and what a client sent may be large.
    this.#carriers = [];
    this.#span = ownTracer().startSpan(type ?? 'GraphQL Operation', options, caller);
  }

  /** What `work` and all that it calls sees as the active span. */
  within<TResult>(work: () => TResult): TResult {
    return this.#span === null ? work() : context.with(trace.setSpan(context.active(), this.#span), work);
  }

  /** `errorType`: the code of the first error; `isFault`: it is the server's, not the caller's. */
  end(errorType: string | null, { isFault }: { readonly isFault: boolean }): void {
    if (this.#span === null) return;
    if (isFault) return endSpan(this.#span, errorType);
    endSpan(this.#span, null, errorType === null ? {} : { 'error.type': errorType });
  }

  /** The place from which others go on; `null`: nobody traces, or it has not begun. */
  get traceContext(): TraceContext | null {
    return this.#span === null ? null : toTraceContext(this.#span);
  }

  get traceId(): string | null {
    return this.#span?.isRecording() === true ? this.#span.spanContext().traceId : null;
  }
}
