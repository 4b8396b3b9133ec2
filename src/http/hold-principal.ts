import { callAt } from '../lib/call-at.ts';
import type { Principal } from '../scope/principal.ts';
import type { SocketConnection } from './socket-connection.ts';

export interface HoldPrincipalOptions {
  /** Calls back, once at most, when the principal's token is revoked; returns what calls that off. Default: never. */
  onRevoked?(principal: Principal, callback: () => void): () => void;
  readonly now: () => Date;
}

/**
 * Makes `principal` the one that the socket is of, in place of the one before: all its operations are judged by it from here on, and the
 * socket is closed with 4403 when its token expires or is revoked.
 */
export function holdPrincipal(
  connection: SocketConnection,
  principal: Principal,
  { onRevoked, now }: HoldPrincipalOptions,
): void {
  const close = (reason: string) => () => connection.closeWith(4403, reason);
  const callOffs = [callAt(principal.validUntil, close('Token expired'), now)];
  connection.hold(principal, () => {
    for (const callOff of callOffs) callOff();
  });
  // It may call back at once.
  if (onRevoked !== undefined) callOffs.push(onRevoked(principal, close('Token revoked')));
}
