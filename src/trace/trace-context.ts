import {
  type Context,
  context,
  createTraceState,
  isSpanContextValid,
  propagation,
  ROOT_CONTEXT,
  type Span,
  trace,
} from '@opentelemetry/api';

/** A place in a trace, as text that is stored and sent: https://www.w3.org/TR/trace-context/ */
export interface TraceContext {
  readonly traceparent: string;
  /** What tracing systems have to say beside it; `null`: nothing. */
  readonly tracestate: string | null;
}

/** Where a caller may have said of which trace it is: the headers of a request, or an object that stands for them. */
export type TraceCarrier = Readonly<Record<string, unknown>>;

/** Of a `tracestate` at least so many characters are to be passed on: W3C Trace Context, section 3.3.1.5. */
const MAX_STATE_LENGTH = 512;
const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?$/;

/** The span as others may go on from it; `null`: nobody traces. */
export function toTraceContext(span: Span): TraceContext | null {
  const spanContext = span.spanContext();
  if (!isSpanContextValid(spanContext)) return null;
  const { traceId, spanId, traceFlags, traceState } = spanContext;
  const state = traceState?.serialize() ?? '';
  return {
    traceparent: `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`,
    tracestate: state === '' || state.length > MAX_STATE_LENGTH ? null : state,
  };
}

/** The context of a span elsewhere, perhaps long ago; what is no trace context begins a trace of its own. */
export function fromTraceContext(stored: TraceContext | null): Context {
  const [, version, traceId = '', spanId = '', flags = ''] =
    TRACEPARENT.exec(stored?.traceparent ?? '') ?? [];
  const spanContext = {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags, 16),
    isRemote: true,
    ...(typeof stored?.tracestate === 'string' && { traceState: createTraceState(stored.tracestate) }),
  };
  if (version === undefined || version === 'ff' || !isSpanContextValid(spanContext)) return ROOT_CONTEXT;
  return trace.setSpanContext(ROOT_CONTEXT, spanContext);
}

/**
 * The context that a caller's request belongs to: that of a span that is active, as of an instrumented HTTP server, else what the first
 * of the carriers that says anything says, in whatever form the propagator of this process reads.
 */
export function readCallersContext(carriers: readonly TraceCarrier[]): Context {
  const active = context.active();
  if (trace.getSpan(active) !== undefined) return active;
  for (const carrier of carriers) {
    const found = propagation.extract(ROOT_CONTEXT, carrier, TEXTS);
    if (trace.getSpanContext(found) !== undefined) return found;
  }
  return ROOT_CONTEXT;
}

/** Only texts of a carrier are looked at: it may be what a client sent as JSON. */
const TEXTS = {
  keys: (carrier: TraceCarrier) => Object.keys(carrier),
  get(carrier: TraceCarrier, key: string) {
    const value = Object.hasOwn(carrier, key) ? carrier[key] : undefined;
    return typeof value === 'string' ? value : undefined;
  },
};
