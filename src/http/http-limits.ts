/** Bounds of all transports. Times in milliseconds. */
export interface HttpLimits {
  /** Bytes of a request's body and of one websocket message. */
  readonly bodyBytes: number;
  /** Until a request's headers are complete. */
  readonly headersTimeoutMs: number;
  /** Until a request's body is complete; answering may take longer. */
  readonly requestTimeoutMs: number;
  /** Without a byte in either direction while a request is answered: longer than any answer takes to begin. */
  readonly idleTimeoutMs: number;
  /** Until a socket has sent `connection_init` and its token is verified. */
  readonly connectionInitMs: number;
  /**
   * Between two pings; a socket that sends nothing from one to the next is ended. Between two comments of an event stream; one of which
   * nothing is read from one to the next is ended.
   */
  readonly keepAliveMs: number;
  /** Until a socket that is being closed is ended from our side. */
  readonly closeTimeoutMs: number;
  /** Operations of one socket at once. */
  readonly operationsPerSocket: number;
  /** Messages and pings of one socket in a second; the rest waits unread for the next one. */
  readonly messagesPerSecond: number;
  /** Tokens that one socket may be given in place of its own, in a minute; as many at once. */
  readonly refreshesPerMinute: number;
  /** Bytes that wait for a slow socket before it is neither read nor given results, and for a slow event stream. */
  readonly bufferedBytes: number;
  /** Operations in a minute of one user; 0: no limit. So are the next. */
  readonly ratePerUser: number;
  /** Requests, and operations of sockets, in a minute of one address. */
  readonly ratePerAddress: number;
  /** Tokens in a minute that one address may send in vain. */
  readonly failedTokensPerMinute: number;
  /** Websockets and event streams of one user at once. */
  readonly socketsPerUser: number;
  /** Of one address. */
  readonly socketsPerAddress: number;
  /** TCP connections at once. */
  readonly connections: number;
  /** Of one address, where no proxy is trusted. */
  readonly connectionsPerAddress: number;
  /** Users or addresses whose pace is remembered at once. */
  readonly buckets: number;
  /** Until a token is verified. */
  readonly verificationMs: number;
  /** For the probes' callbacks. */
  readonly probeTimeoutMs: number;
}

export const DEFAULT_HTTP_LIMITS: HttpLimits = {
  bodyBytes: 1_048_576,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  idleTimeoutMs: 330_000,
  connectionInitMs: 10_000,
  keepAliveMs: 12_000,
  closeTimeoutMs: 5000,
  operationsPerSocket: 100,
  messagesPerSecond: 500,
  refreshesPerMinute: 10,
  bufferedBytes: 16_384,
  ratePerUser: 6000,
  ratePerAddress: 30_000,
  failedTokensPerMinute: 300,
  socketsPerUser: 2000,
  socketsPerAddress: 4000,
  connections: 20_000,
  connectionsPerAddress: 5000,
  buckets: 50_000,
  verificationMs: 10_000,
  probeTimeoutMs: 2000,
};
