import type { IncomingMessage } from 'node:http';

import ipaddr from 'ipaddr.js';
import proxyAddress from 'proxy-addr';

import type { TrustProxy } from '../config/protection.ts';

/** Whose address a request comes from, so that it can be counted: see `createClientAddress`. */
export type ClientAddress = (request: IncomingMessage) => string;

/** What stands for every client whose address is not known any more, since it has left. */
const UNKNOWN = 'unknown';

/**
 * Finds the address that a request is counted under: the peer's, or the last one in X-Forwarded-For that no trusted proxy
 * stands for. An IPv6 address counts as its /64, which one customer has whole (RFC 6177); one of IPv4 within IPv6 as the
 * former. What a trusted proxy says that is no address counts as the proxy.
 */
export function createClientAddress(trustProxy: TrustProxy): ClientAddress {
  const trusts =
    typeof trustProxy === 'number'
      ? (_address: string, index: number) => index < trustProxy
      : proxyAddress.compile([...trustProxy]);
  return (request) => {
    const peer = toGroup(request.socket.remoteAddress) ?? UNKNOWN;
    if (request.headers['x-forwarded-for'] === undefined) return peer;
    return toGroup(proxyAddress(request, trusts)) ?? peer;
  };
}

/** Whether any proxy is trusted, whose connections are then those of many clients. */
export function isTrusting(trustProxy: TrustProxy = []): boolean {
  return typeof trustProxy === 'number' ? trustProxy > 0 : trustProxy.length > 0;
}

/** The address as it is counted; `null`: it is none. */
export function toGroup(address: string | undefined): string | null {
  if (address === undefined || !ipaddr.isValid(address)) return null;
  // Without the zone, which is the server's own name for one of its networks.
  const parsed = ipaddr.process(address.replace(/%.*$/s, ''));
  if (parsed.kind() === 'ipv4') return parsed.toString();
  return `${parsed
    .toByteArray()
    .slice(0, 8)
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('')}/64`;
}
