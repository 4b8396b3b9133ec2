import { LimitExceededError } from '../errors.ts';
import type { HttpLimits } from './http-limits.ts';
import { KeyedCounts } from './keyed-counts.ts';

/** What is counted as a socket: a websocket, or a stream of server-sent events. */
export interface CountedSocket {
  readonly address: string;
  onceClosed(callback: () => void): void;
}

/** The open websockets and event streams of one server, by address and, once their token is known, by user. */
export class SocketCounts {
  readonly #limits: Pick<HttpLimits, 'socketsPerUser' | 'socketsPerAddress'>;
  readonly #users = new KeyedCounts();
  readonly #addresses = new KeyedCounts();

  constructor(limits: Pick<HttpLimits, 'socketsPerUser' | 'socketsPerAddress'>) {
    this.#limits = limits;
  }

  /** Throws `LimitExceededError` (`socketsPerAddress`, 429) when the address has as many as it may. */
  assertRoom(address: string): void {
    const maximum = this.#limits.socketsPerAddress;
    if (maximum === 0 || this.#addresses.of(address) < maximum) return;
    const message = `The limit socketsPerAddress (${maximum}) is reached.`;
    throw new LimitExceededError('socketsPerAddress', message, { status: 429 });
  }

  /** Counts the socket until it is closed, whether or not it ever shows a token. */
  countAddress(connection: CountedSocket): void {
    const { address } = connection;
    this.#addresses.add(address);
    connection.onceClosed(() => this.#addresses.remove(address));
  }

  /** Counts the socket for its user until it is closed; `false`: the user has as many as may be, and it is not counted. */
  countUser(connection: CountedSocket, userId: string): boolean {
    const maximum = this.#limits.socketsPerUser;
    if (maximum !== 0 && this.#users.of(userId) >= maximum) return false;
    this.#users.add(userId);
    connection.onceClosed(() => this.#users.remove(userId));
    return true;
  }
}
