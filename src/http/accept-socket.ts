import { LimitExceededError, UnauthenticatedError, UnavailableError } from '../errors.ts';
import type { OperationPipeline } from '../graphql/operation.ts';
import type { Logger } from '../lib/logger.ts';
import type { Principal } from '../scope/principal.ts';
import type { CloseCode } from './close-code.ts';
import type { GuardedVerify } from './guarded-verify.ts';
import { holdPrincipal, type HoldPrincipalOptions } from './hold-principal.ts';
import type { SocketConnection } from './socket-connection.ts';
import { AmbiguousTokenError, readSocketToken } from './socket-token.ts';

export interface AcceptSocketOptions extends HoldPrincipalOptions {
  readonly pipeline: Pick<OperationPipeline<never>, 'noteRefusedToken'>;
  readonly verify: GuardedVerify;
  /** Counts the user's socket until it is closed; `false`: there are too many. */
  countSocket(connection: SocketConnection, principal: Principal): boolean;
  /** Told of each refusal because a limit was reached. Default: nobody is. */
  readonly onLimit?: (limit: string) => void;
  readonly log: Logger;
}

/**
 * Decides on `connection_init`: a good token, or none, lets the socket in (`true`); a bad one closes it with 4403, two that
 * differ with 4401, a user who has too many sockets with 4429. A socket that is let in is closed again when its token expires
 * or is revoked.
 */
export async function acceptSocket(
  connection: SocketConnection,
  payload: Readonly<Record<string, unknown>> | undefined,
  options: AcceptSocketOptions,
): Promise<boolean> {
  try {
    const token = readSocketToken(connection.request, payload);
    const principal = token === null ? null : await options.verify(token, connection.address);
    if (!connection.accept()) return false;
    if (payload !== undefined) connection.carriers = [toCarrier(payload), ...connection.carriers];
    if (principal !== null && !options.countSocket(connection, principal)) {
      options.onLimit?.('socketsPerUser');
      connection.closeWith(4429, 'Too many sockets');
      return false;
    }
    if (principal !== null) holdPrincipal(connection, principal, options);
    return connection.isOpen;
  } catch (error) {
    connection.closeWith(toCloseCode(error));
    if (error instanceof LimitExceededError) options.onLimit?.(error.limit);
    options.pipeline.noteRefusedToken(error, { userId: null, transport: 'websocket' });
    if (!(error instanceof UnauthenticatedError || error instanceof LimitExceededError))
      options.log.error({ err: error }, 'a token was not verified');
    return false;
  }
}

/** No more of what was sent is kept, as long as the socket is open, than what it is kept for. */
function toCarrier(payload: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const isKept = (text: unknown): boolean => typeof text === 'string' && text.length <= MAX_CARRIED_LENGTH;
  const { traceparent, tracestate } = payload;
  return { ...(isKept(traceparent) && { traceparent }), ...(isKept(tracestate) && { tracestate }) };
}

const MAX_CARRIED_LENGTH = 512;

function toCloseCode(error: unknown): CloseCode {
  if (error instanceof AmbiguousTokenError) return 4401;
  if (error instanceof UnauthenticatedError) return 4403;
  return error instanceof UnavailableError || error instanceof LimitExceededError ? 1013 : 4500;
}
