import { resolve } from 'node:path';

import { expect, test } from 'vitest';

import { EnvReader } from '../../src/config/env-reader.ts';
import { readProtection } from '../../src/config/protection.ts';

test('what is unset has a bound, and no proxy is trusted', () => {
  expect(readProtection(new EnvReader({ TRUST_PROXY: ' ', AMBIT_MAX_COST: '' }))).toEqual({
    maxCost: 100_000,
    ratePerUser: 6000,
    ratePerAddress: 30_000,
    socketsPerUser: 2000,
    socketsPerAddress: 4000,
    trustProxy: [],
    trustedDocuments: null,
  });
});

test('what is set holds; 0 takes a limit away', () => {
  const env = {
    AMBIT_MAX_COST: '5',
    AMBIT_RATE_PER_USER: '0',
    AMBIT_RATE_PER_ADDRESS: '1',
    AMBIT_SOCKETS_PER_USER: '0',
    AMBIT_SOCKETS_PER_ADDRESS: '7',
    TRUST_PROXY: '2',
    AMBIT_TRUSTED_DOCUMENTS: 'some/file.json',
  };
  expect(readProtection(new EnvReader(env))).toEqual({
    maxCost: 5,
    ratePerUser: 0,
    ratePerAddress: 1,
    socketsPerUser: 0,
    socketsPerAddress: 7,
    trustProxy: 2,
    trustedDocuments: resolve('some/file.json'),
  });
});

test.each([
  ['10.0.0.0/8', ['10.0.0.0/8']],
  ['10.0.0.1, ::1 ,fd00::/8', ['10.0.0.1', '::1', 'fd00::/8']],
  ['loopback,uniquelocal', ['loopback', 'uniquelocal']],
  ['0', 0],
])('TRUST_PROXY %s', (text, trusted) => {
  expect(readProtection(new EnvReader({ TRUST_PROXY: text })).trustProxy).toEqual(trusted);
});

test.each([
  ['TRUST_PROXY', 'true'],
  ['TRUST_PROXY', '*'],
  ['TRUST_PROXY', '-1'],
  ['TRUST_PROXY', '100'],
  ['TRUST_PROXY', '1,2'],
  ['TRUST_PROXY', '10.0.0.0/0'],
  ['TRUST_PROXY', '::/0'],
  ['TRUST_PROXY', '10.0.0.0/33'],
  ['TRUST_PROXY', '10.0.0.0/8/8'],
  ['TRUST_PROXY', 'proxy.example'],
  ['AMBIT_MAX_COST', '0'],
  ['AMBIT_MAX_COST', '1e5'],
  ['AMBIT_RATE_PER_USER', '-1'],
  ['AMBIT_RATE_PER_ADDRESS', '1.5'],
  ['AMBIT_SOCKETS_PER_USER', 'many'],
  ['AMBIT_SOCKETS_PER_ADDRESS', '99999999999'],
])('%s %s does not start', (name, value) => {
  expect(() => readProtection(new EnvReader({ [name]: value }))).toThrow(new RegExp(`^${name} must be`));
});
