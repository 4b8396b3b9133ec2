import type { IncomingMessage } from 'node:http';

import type { Principal } from '../scope/principal.ts';
import type { ClientAddress } from './client-address.ts';
import type { HttpLimits } from './http-limits.ts';
import { limitReached } from './limit-reached.ts';
import { TokenBuckets } from './token-buckets.ts';

/** An operation counts once more for each so much of its cost. */
const COST_PER_TOKEN = 1000;

/** Who asks, as far as asking is counted. */
export interface Caller {
  /** As `ClientAddress` gives it. */
  readonly address: string;
  readonly principal: Pick<Principal, 'id'> | null;
}

export interface CallerPaceOptions {
  readonly limits: Pick<HttpLimits, 'ratePerUser' | 'ratePerAddress' | 'buckets'>;
  readonly addressOf: ClientAddress;
  readonly now: () => Date;
}

/**
 * How much each user and each address may ask of this process, on both transports together. Every method that asks throws
 * `LimitExceededError` (`ratePerAddress`, `ratePerUser`; 429) with `retryAfterMs`.
 */
export class CallerPace {
  readonly addressOf: ClientAddress;
  readonly #limits: CallerPaceOptions['limits'];
  readonly #users: TokenBuckets;
  readonly #addresses: TokenBuckets;

  constructor({ limits, addressOf, now }: CallerPaceOptions) {
    this.addressOf = addressOf;
    this.#limits = limits;
    const maxBuckets = limits.buckets;
    this.#users = new TokenBuckets({ perMinute: limits.ratePerUser, maxBuckets, now });
    this.#addresses = new TokenBuckets({ perMinute: limits.ratePerAddress, maxBuckets, now });
  }

  /** Counts a request, before anything of it is read. */
  countRequest(request: IncomingMessage): void {
    this.#drawAddress(this.addressOf(request), 1);
  }

  /** Counts an operation for its user. */
  countUser(principal: Caller['principal']): void {
    this.#drawUser(principal, 1);
  }

  /** Counts an operation that came over an open socket. */
  countOperation({ address, principal }: Caller): void {
    this.#drawAddress(address, 1);
    this.#drawUser(principal, 1);
  }

  /** Counts what an operation costs beyond any operation. */
  countCost({ address, principal }: Caller, cost: number): void {
    const tokens = Math.floor(cost / COST_PER_TOKEN);
    if (tokens === 0) return;
    this.#drawAddress(address, tokens);
    this.#drawUser(principal, tokens);
  }

  #drawAddress(address: string, tokens: number): void {
    const lack = this.#addresses.take(address, tokens);
    if (lack !== null) throw limitReached('ratePerAddress', this.#limits.ratePerAddress, lack.retryAfterMs);
  }

  #drawUser(principal: Caller['principal'], tokens: number): void {
    const lack = principal === null ? null : this.#users.take(principal.id, tokens);
    if (lack !== null) throw limitReached('ratePerUser', this.#limits.ratePerUser, lack.retryAfterMs);
  }
}
