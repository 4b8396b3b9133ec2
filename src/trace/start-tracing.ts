import { randomUUID } from 'node:crypto';

import { context, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { setGlobalErrorHandler, W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';

import type { TraceConfig } from '../config/trace-config.ts';
import { isDoneWithin } from '../lib/is-done-within.ts';
import type { Logger } from '../lib/logger.ts';
import { readPackageVersion } from '../lib/package-version.ts';

export interface Tracing {
  /**
   * Sends what is still to be sent, within two seconds. `false`: it was not done by then, and what the SDK still tries keeps the process
   * alive until its own time is up: there is no calling it off.
   */
  stop(): Promise<boolean>;
}

const STOP_MS = 2000;
/** Between two requests to the endpoint. */
const BATCH_MS = 1000;

/**
 * Registers OpenTelemetry's SDK for this process, where none is registered already: spans go to the endpoint in the background. One that
 * is away costs a warning, once, and the spans. To be loaded only when it is wanted: this file is the only one that knows the SDK.
 */
export function startTracing(config: TraceConfig, log: Logger): Tracing {
  setGlobalErrorHandler(createErrorHandler(log));
  const exporter = new OTLPTraceExporter({
    url: config.url,
    headers: { ...config.headers },
    timeoutMillis: config.timeoutMs,
  });
  const provider = new TracerProvider({
    sampler: createSampler(config),
    resource: defaultResource().merge(
      resourceFromAttributes({
        'service.version': readPackageVersion(),
        'service.instance.id': randomUUID(),
        ...config.resource,
      }),
    ),
    spanProcessors: [new BatchSpanProcessor({ exporter, scheduledDelayMillis: BATCH_MS })],
  });
  if (!trace.setGlobalTracerProvider(provider))
    log.warn('another OpenTelemetry SDK is registered: the OTEL_ settings are its own');
  else {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    if (config.continuesTraces) propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  }
  return {
    async stop() {
      const stopped = provider.shutdown().catch((error: unknown) => {
        log.warn({ err: error }, 'the last spans could not be sent');
      });
      return await isDoneWithin(stopped, STOP_MS);
    },
  };
}

function createSampler({ sampler, ratio }: TraceConfig): Sampler {
  const name = sampler.replace('parentbased_', '');
  const root =
    name === 'always_on'
      ? new AlwaysOnSampler()
      : name === 'always_off'
        ? new AlwaysOffSampler()
        : new TraceIdRatioBasedSampler(ratio);
  return sampler.startsWith('parentbased_') ? new ParentBasedSampler({ root }) : root;
}

/** Of many failures that are alike only the first is worth a warning. */
function createErrorHandler(log: Logger): (error: unknown) => void {
  let hasWarned = false;
  return (error) => {
    if (hasWarned) return log.debug({ err: error }, 'spans could not be sent');
    hasWarned = true;
    log.warn({ err: error }, 'spans cannot be sent to the endpoint of OpenTelemetry; this is told once');
  };
}
