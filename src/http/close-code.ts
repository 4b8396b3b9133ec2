/**
 * Why a socket is closed: the codes of graphql-transport-ws, and two of RFC 6455. Clients connect again after 1001, 1013, 4403
 * and 4408 and give up after the others, so 4403 is the one for a token that a fresh one may replace.
 * https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md
 */
export const CLOSE_REASONS = {
  1001: 'Server shutting down',
  1013: 'Try again later',
  4400: 'Bad message',
  4401: 'Unauthorized',
  4403: 'Token refused',
  4406: 'Subprotocol not acceptable',
  4408: 'Connection initialisation timeout',
  4409: 'Operation id in use',
  4429: 'Too many initialisation requests',
  4500: 'Internal server error',
} as const;

export type CloseCode = keyof typeof CLOSE_REASONS;

/** Whether `code` is one of ours. */
export function isCloseCode(code: number | undefined): code is CloseCode {
  return code !== undefined && code in CLOSE_REASONS;
}
