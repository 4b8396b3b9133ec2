import { AmbitError, LimitExceededError, UnauthenticatedError, UnavailableError } from '../errors.ts';
import type { OperationPipeline } from '../graphql/operation.ts';
import type { Logger } from '../lib/logger.ts';
import type { GuardedVerify } from './guarded-verify.ts';
import { holdPrincipal, type HoldPrincipalOptions } from './hold-principal.ts';
import type { HttpLimits } from './http-limits.ts';
import { RefreshPace } from './refresh-pace.ts';
import type { SocketConnection } from './socket-connection.ts';
import { AmbiguousTokenError, readPingToken } from './socket-token.ts';

export interface AnswerPingsOptions extends HoldPrincipalOptions {
  readonly pipeline: Pick<OperationPipeline<never>, 'noteRefusedToken'>;
  readonly verify: GuardedVerify;
  readonly limits: Pick<HttpLimits, 'refreshesPerMinute'>;
  readonly log: Logger;
}

/** The token is good, but of another user than the socket, which is closed for it. */
class OtherUserError extends UnauthenticatedError {
  constructor() {
    super('invalid', 'The socket was given a token of another user.');
  }
}

type Payload = Readonly<Record<string, unknown>>;

/**
 * Answers the pings of a socket. One whose payload has an authorization, written as in `connection_init`, gives the socket another
 * token of the same user, by which all that it runs is judged from then on:
 *
 * 1. Such pings are taken one after the other, so that a slow verification never undoes what a later one did; a bounded number a minute.
 * 2. A good token is answered by a pong {"expiresAt": …}.
 * 3. One that will not do, or cannot be verified now, is answered by a pong {"error": …, "code": …}; the socket goes on with the token it
 *    has, as long as that lasts.
 * 4. A token of somebody else closes the socket with 4403, since whoever is at the other end is another; so does any for a socket that
 *    came without one. Two that differ close it with 4401, as they do in `connection_init`; so does one that comes before that.
 *
 * Any other ping is answered at once, by a pong with the same payload.
 */
export function createPingAnswerer(
  connection: SocketConnection,
  options: AnswerPingsOptions,
): (payload?: Payload) => Promise<void> {
  const pace = new RefreshPace(options.limits.refreshesPerMinute);
  let last = Promise.resolve();
  return (payload) => {
    const take = readRefresh(payload, pace);
    if (take === null) return connection.sendPong(payload);
    last = last.then(() => answer(connection, take, options));
    return last;
  };
}

/** What gives the token of a ping; `null`: it brings none. Of what is refused unread nothing is kept while it waits. */
function readRefresh(payload: Payload | undefined, pace: RefreshPace): (() => string) | null {
  try {
    const token = readPingToken(payload);
    if (token === null) return null;
    pace.take();
    return () => token;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}

/** Never rejects. */
async function answer(
  connection: SocketConnection,
  take: () => string,
  options: AnswerPingsOptions,
): Promise<void> {
  if (!connection.isOpen) return;
  if (!connection.isAccepted) return connection.closeWith(4401);
  const told = await refresh(connection, take, options).catch((error: unknown) => {
    options.pipeline.noteRefusedToken(error, {
      userId: connection.principal?.id ?? null,
      transport: 'websocket',
    });
    if (error instanceof AmbiguousTokenError) return connection.closeWith(4401);
    if (error instanceof OtherUserError) return connection.closeWith(4403, 'Token of another user');
    return toRefusal(error, options.log);
  });
  // A pong that cannot be sent any more is missed by nobody.
  if (told) await connection.sendPong(told).catch(() => undefined);
}

/** What to say of it, while the socket is there. */
async function refresh(
  connection: SocketConnection,
  take: () => string,
  options: AnswerPingsOptions,
): Promise<Payload | void> {
  const principal = await options.verify(take(), connection.address);
  if (!connection.isOpen) return;
  if (principal.id !== connection.principal?.id) throw new OtherUserError();
  holdPrincipal(connection, principal, options);
  return { expiresAt: principal.expiresAt.toISOString() };
}

function toRefusal(error: unknown, log: Logger): Payload {
  if (error instanceof LimitExceededError) {
    const { message, code, limit, retryAfterMs } = error;
    return { error: message, code, limit, retryAfterMs };
  }
  if (error instanceof UnauthenticatedError || error instanceof UnavailableError)
    return { error: error.message, code: error.code };
  log.error({ err: error }, 'a token was not verified');
  const code = error instanceof AmbitError ? error.code : 'INTERNAL_SERVER_ERROR';
  return { error: 'The token could not be verified.', code };
}
