import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

import { parseBearerToken } from '../auth/bearer-token.ts';
import { tokenReason } from '../audit/token-reason.ts';
import { MissingScopeError, UnauthenticatedError } from '../errors.ts';
import type { ErrorFormatter } from '../graphql/format-error.ts';
import type { AuditSink } from '../graphql/operation-audit.ts';
import type { CallerPace } from './caller-pace.ts';
import type { GuardedVerify } from './guarded-verify.ts';
import { HttpProblem, sendError } from './http-problem.ts';

/** Where the figures come from, and who is told of those that may not see them. */
export interface MetricsSource {
  read(): Promise<{ readonly contentType: string; readonly text: string }>;
  readonly audit: Pick<AuditSink, 'record'>;
}

export interface MetricsEndpointOptions {
  /** `undefined`: figures are switched off. */
  readonly metrics: MetricsSource | undefined;
  readonly verify: GuardedVerify;
  readonly pace: CallerPace;
  readonly formatError: ErrorFormatter;
}

export type MetricsEndpoint = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export const METRICS_PATH = '/metrics';
const REQUIRED = { resource: 'metrics', id: null, action: 'read' } as const;

/**
 * Answers /metrics to holders of `metrics:read`, as Prometheus asks with a bearer token: agents, models and tools have names there. Tokens
 * are verified, counted and logged as those of operations.
 */
export function createMetricsEndpoint({
  metrics,
  verify,
  pace,
  formatError,
}: MetricsEndpointOptions): MetricsEndpoint {
  async function authorize(request: IncomingMessage): Promise<void> {
    pace.countRequest(request);
    const token = parseBearerToken(request.headersDistinct['authorization']);
    if (token === null) throw new UnauthenticatedError('missing');
    const principal = await verify(token, pace.addressOf(request));
    pace.countUser(principal);
    if (!principal.grants.allows(REQUIRED)) throw new RefusedScope(principal.id);
  }

  return async (request, response) => {
    try {
      if (metrics === undefined) throw new HttpProblem(404, 'Figures are switched off: AMBIT_METRICS.');
      await authorize(request);
      const { contentType, text } = await metrics.read();
      response.writeHead(200, { 'content-type': contentType, 'content-length': Buffer.byteLength(text) });
      response.end(text);
    } catch (error) {
      note(error);
      sendError(response, error, formatError);
    }
  };

  function note(error: unknown): void {
    const isToken = error instanceof UnauthenticatedError;
    if (!isToken && !(error instanceof RefusedScope)) return;
    metrics?.audit.record({
      outcome: 'DENIED',
      correlationId: randomUUID(),
      transport: 'http',
      userId: isToken ? null : error.userId,
      field: METRICS_PATH,
      code: error.code,
      ...(isToken ? { reason: tokenReason(error) } : { required: error.required }),
    });
  }
}

class RefusedScope extends MissingScopeError {
  readonly userId: string;

  constructor(userId: string) {
    super('The figures may not be read with this token.', [['metrics:read']]);
    this.userId = userId;
  }
}
