import { type Attributes, type Span, SpanStatusCode, trace, type Tracer } from '@opentelemetry/api';

import { readPackageVersion } from '../lib/package-version.ts';

let tracer: Tracer | null = null;

/** Makes this program's spans, with whatever SDK is registered; none are made where there is none. */
export function ownTracer(): Tracer {
  return (tracer ??= trace.getTracer('ambit', readPackageVersion()));
}

/** Says what went wrong, by a stable word and without the error's text, and ends the span. `null`: nothing did. */
export function endSpan(span: Span, errorType: string | null, attributes: Attributes = {}): void {
  span.setAttributes(attributes);
  if (errorType !== null) {
    span.setAttribute('error.type', errorType);
    span.setStatus({ code: SpanStatusCode.ERROR });
  }
  // Without it a span that was given its beginning ends at a full millisecond.
  span.end(performance.now());
}
