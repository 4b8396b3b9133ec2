import { ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';

import { OperationSpan } from '../../src/trace/operation-span.ts';
import { RunSpan } from '../../src/trace/run-span.ts';
import { fromTraceContext, toTraceContext } from '../../src/trace/trace-context.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';

describe('a stored trace context', () => {
  it.each([
    [`00-${TRACE}-${SPAN}-01`, 'a=1,b=2'],
    [`00-${TRACE}-${SPAN}-00`, null],
  ])('is read as it was written: %s %s', (traceparent, tracestate) => {
    const read = fromTraceContext({ traceparent, tracestate });
    const span = trace.getSpan(read);
    expect(span?.spanContext()).toMatchObject({ traceId: TRACE, spanId: SPAN, isRemote: true });
    expect(span && toTraceContext(span)).toEqual({ traceparent, tracestate });
  });

  it('of a later version is read as far as it is known', () => {
    const span = trace.getSpan(
      fromTraceContext({ traceparent: `01-${TRACE}-${SPAN}-01-more`, tracestate: null }),
    );
    expect(span && toTraceContext(span)?.traceparent).toBe(`00-${TRACE}-${SPAN}-01`);
  });

  it('passes on no state that is longer than what one has to pass on', () => {
    const tracestate = Array.from({ length: 30 }, (_, index) => `k${index}=${'v'.repeat(30)}`).join(',');
    const span = trace.getSpan(fromTraceContext({ traceparent: `00-${TRACE}-${SPAN}-01`, tracestate }));
    expect(span && toTraceContext(span)).toEqual({
      traceparent: `00-${TRACE}-${SPAN}-01`,
      tracestate: null,
    });
  });

  it.each([
    '',
    'nonsense',
    `ff-${TRACE}-${SPAN}-01`,
    `00-${'0'.repeat(32)}-${SPAN}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `00-${TRACE.toUpperCase()}-${SPAN}-01`,
    `00-${TRACE}-${SPAN}-01\n`,
  ])('that is none begins a trace of its own: %j', (traceparent) => {
    expect(fromTraceContext({ traceparent, tracestate: null })).toBe(ROOT_CONTEXT);
    expect(fromTraceContext(null)).toBe(ROOT_CONTEXT);
  });
});

describe('without an SDK', () => {
  it('nothing is recorded, nothing is stored, and all that is called within is called', async () => {
    const operation = new OperationSpan([{ traceparent: `00-${TRACE}-${SPAN}-01` }]);
    expect(operation.within(() => 1)).toBe(1);
    operation.begin({ type: 'query', name: null, correlationId: 'c', transport: 'http', startedAt: 0 });
    expect([operation.traceContext, operation.traceId]).toEqual([null, null]);
    expect(operation.within(() => 2)).toBe(2);
    operation.end(null, { isFault: false });
    const run = new RunSpan({
      runId: 'r',
      sessionId: 's',
      agent: { id: 'bot', name: 'Bot' },
      model: 'm',
      attempt: 1,
      nodeId: 'n',
      parent: null,
    });
    expect(run.traceId).toBeNull();
    expect(await run.tool({ name: 't', callId: 'c' }).within(async () => 3)).toBe(3);
    run.end({ status: 'COMPLETED', errorCode: null, inputTokens: 0, outputTokens: 0 });
  });
});
