import type { AmbitClientError } from './client-error.ts';

/**
 * What a lost connection asks for: `again`, another one after a while; `token`, another one with another token; `never`, nothing, since
 * the next would end in the same way.
 */
export type Remedy = 'again' | 'token' | 'never';

export interface ConnectionLostOptions {
  readonly remedy: Remedy;
  /** Whether the server was reached by this transport at all. */
  readonly wasOpen: boolean;
  /** The token that the connection was made with. */
  readonly token?: string | null;
}

/** Why a connection has ended, or was not made, before its operation was over. The `cause` is what the caller is told, if it comes to that. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
  override readonly cause: AmbitClientError;
  readonly remedy: Remedy;
  readonly wasOpen: boolean;
  readonly token: string | null;

  constructor(cause: AmbitClientError, { remedy, wasOpen, token = null }: ConnectionLostOptions) {
    super(cause.message, { cause });
    this.cause = cause;
    this.remedy = remedy;
    this.wasOpen = wasOpen;
    this.token = token;
  }
}

/** Codes of errors that pass by themselves. */
const PASSING: ReadonlySet<string> = new Set(['NETWORK', 'UNAVAILABLE', 'TOKEN_UNAVAILABLE']);

/** What would help against an error that the server, or the way to it, has answered. */
export function remedyOf(error: AmbitClientError): Remedy {
  if (error.code === 'UNAUTHENTICATED') return 'token';
  if (error.code === 'LIMIT_EXCEEDED') return error.retryAfterMs === null ? 'never' : 'again';
  return PASSING.has(error.code) ? 'again' : 'never';
}
