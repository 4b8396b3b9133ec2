import type { IncomingMessage } from 'node:http';

import { expect, test } from 'vitest';

import type { TrustProxy } from '../../src/config/protection.ts';
import { createClientAddress } from '../../src/http/client-address.ts';

function addressOf(trustProxy: TrustProxy, peer: string | undefined, forwarded?: string): string {
  // What the function reads of a request.
  const request = {
    socket: { remoteAddress: peer },
    headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
  } as IncomingMessage;
  return createClientAddress(trustProxy)(request);
}

const PROXY = '10.0.0.1';

test.each<[TrustProxy, string | undefined, string | undefined, string]>([
  [[], '192.0.2.1', undefined, '192.0.2.1'],
  // Nobody is trusted: what is said is not believed.
  [[], '192.0.2.1', '198.51.100.1', '192.0.2.1'],
  [0, '192.0.2.1', '198.51.100.1', '192.0.2.1'],
  [['10.0.0.0/8'], '192.0.2.1', '198.51.100.1', '192.0.2.1'],
  [['10.0.0.0/8'], PROXY, '198.51.100.1', '198.51.100.1'],
  [['10.0.0.1'], '10.0.0.2', '198.51.100.1', '10.0.0.2'],
  [1, PROXY, '198.51.100.1', '198.51.100.1'],
  // What the client itself has said stands to the left of what the proxies have.
  [1, PROXY, '203.0.113.9, 198.51.100.1', '198.51.100.1'],
  [['10.0.0.0/8'], PROXY, '203.0.113.9, 198.51.100.1', '198.51.100.1'],
  [['10.0.0.0/8'], PROXY, '203.0.113.9, 198.51.100.1, 10.0.0.7', '198.51.100.1'],
  [2, PROXY, '203.0.113.9, 198.51.100.1, 10.0.0.7', '198.51.100.1'],
  [['10.0.0.0/8'], PROXY, '10.0.0.9, 10.0.0.8', '10.0.0.9'],
  [['10.0.0.0/8'], PROXY, undefined, PROXY],
  [['10.0.0.0/8'], PROXY, '', PROXY],
  [['10.0.0.0/8'], PROXY, 'unknown', PROXY],
  [['10.0.0.0/8'], PROXY, '198.51.100.1:4711', PROXY],
  [['10.0.0.0/8'], PROXY, `${'x'.repeat(10_000)}`, PROXY],
  [['loopback'], '::ffff:127.0.0.1', '198.51.100.1', '198.51.100.1'],
  // One customer has a whole /64, and may write IPv4 within IPv6.
  [[], '2001:db8:1:2:3:4:5:6', undefined, '20010db800010002/64'],
  [[], '2001:db8:1:2:ffff::1', undefined, '20010db800010002/64'],
  [[], '2001:db8:1:3::1', undefined, '20010db800010003/64'],
  [[], '::ffff:192.0.2.1', undefined, '192.0.2.1'],
  [[], 'fe80::1%eth0', undefined, 'fe80000000000000/64'],
  [1, PROXY, '2001:db8:1:2::9', '20010db800010002/64'],
  [[], undefined, undefined, 'unknown'],
])('trusting %j, of %s for %j: %s', (trustProxy, peer, forwarded, address) => {
  expect(addressOf(trustProxy, peer, forwarded)).toBe(address);
});
