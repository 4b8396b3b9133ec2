import { isIP } from 'node:net';
import { resolve } from 'node:path';

import { badSetting, type EnvReader } from './env-reader.ts';

/** What one caller may ask for, and which operations. Counts are per process; 0: no limit. */
export interface ProtectionConfig {
  /** The most that one operation may be estimated to cost. */
  readonly maxCost: number;
  /** Operations in a minute, of one `sub`. */
  readonly ratePerUser: number;
  /** Requests and operations in a minute, of one address. */
  readonly ratePerAddress: number;
  /** Websockets that are open at once. */
  readonly socketsPerUser: number;
  readonly socketsPerAddress: number;
  readonly trustProxy: TrustProxy;
  /** A file of the only documents that run, absolute; `null`: all do. */
  readonly trustedDocuments: string | null;
}

/** Whose X-Forwarded-For is believed: so many proxies before the server, or those of these addresses and networks. */
export type TrustProxy = number | readonly string[];

const NETWORKS = ['loopback', 'linklocal', 'uniquelocal'];

/** Throws `TypeError` as `EnvReader` does. */
export function readProtection(read: EnvReader): ProtectionConfig {
  const count = (name: string, fallback: number): number =>
    read.integer(name, { min: 0, max: 1_000_000_000, fallback });
  const file = read.text('AMBIT_TRUSTED_DOCUMENTS');
  return {
    maxCost: read.integer('AMBIT_MAX_COST', { min: 1, max: 1_000_000_000, fallback: 100_000 }),
    ratePerUser: count('AMBIT_RATE_PER_USER', 6000),
    ratePerAddress: count('AMBIT_RATE_PER_ADDRESS', 30_000),
    socketsPerUser: count('AMBIT_SOCKETS_PER_USER', 2000),
    socketsPerAddress: count('AMBIT_SOCKETS_PER_ADDRESS', 4000),
    trustProxy: readTrustProxy(read),
    trustedDocuments: file === undefined ? null : resolve(file),
  };
}

function readTrustProxy(read: EnvReader): TrustProxy {
  const items = read.list('TRUST_PROXY');
  const [first = ''] = items;
  if (items.length === 1 && /^\d{1,2}$/.test(first)) return Number(first);
  if (!items.every(isNetwork)) {
    throw badSetting(
      'TRUST_PROXY',
      `must be how many proxies there are, or their addresses and networks as 10.0.0.0/8, separated by commas (${NETWORKS.join(', ')} are such too)`,
    );
  }
  return items;
}

function isNetwork(text: string): boolean {
  if (NETWORKS.includes(text)) return true;
  const [address = '', bits, ...rest] = text.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  // /0 would let everybody name an address.
  const most = version === 4 ? 32 : 128;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) >= 1 && Number(bits) <= most);
}
