import type { Logger } from '../lib/logger.ts';
import type { Metrics } from '../metric/metrics.ts';
import type { OperationWatch } from './operation-watch.ts';
import type { RequestContext } from './request-context.ts';

export interface WatchOperationsOptions {
  /** `undefined`: nobody counts. */
  readonly metrics: Metrics | undefined;
  /** A name of the caller's choosing as it may be kept. */
  cleanName(name: string): string;
  readonly log: Logger;
}

/** Errors that are the server's own. */
const FAULTS: ReadonlySet<string> = new Set(['INTERNAL_SERVER_ERROR', 'UNAVAILABLE']);

/** Tells traces, figures and the log, at level debug, of each operation. Neither documents nor variables are told, nor who sent it. */
export function createOperationWatch({
  metrics,
  cleanName,
  log,
}: WatchOperationsOptions): OperationWatch<RequestContext> {
  return {
    begin({ context, type, name, correlationId, startedAt }) {
      const { span, transport } = context;
      span.begin({
        type,
        name: name === null ? null : cleanName(name),
        correlationId,
        transport,
        startedAt,
      });
    },
    within: ({ span }, perform) => span.within(perform),
    end({ context, type, name, correlationId, startedAt }, code) {
      const { span, transport } = context;
      const ms = performance.now() - startedAt;
      const { traceId } = span;
      span.end(code, { isFault: code !== null && FAULTS.has(code) });
      metrics?.operationEnded({ type: type ?? 'unknown', code: code ?? 'ok', ms });
      if (!log.isLevelEnabled('debug')) return;
      const operationName = name === null ? null : cleanName(name);
      const told = { correlationId, transport, type, operationName, code, ms: Math.round(ms) };
      log.debug({ ...told, ...(traceId !== null && { traceId }) }, 'an operation ended');
    },
  };
}
