import { describe, expect, it } from 'vitest';

import { type VerificationKey } from '../../src/auth/verification-key.ts';
import { MAX_REMEMBERED, VerifiedTokens } from '../../src/auth/verified-tokens.ts';
import { GrantSet } from '../../src/scope/grant-set.ts';
import { NOW } from '../_util/keys.ts';

const key: VerificationKey = { kid: null, algorithm: 'HS256', key: new Uint8Array(32) };
const until = new Date(NOW.getTime() + 1000);
const principal = {
  id: 'alice',
  tokenId: null,
  issuedAt: null,
  grants: new GrantSet([]),
  expiresAt: until,
  validUntil: until,
};

describe('a verified token', () => {
  it('is known until it expires, to the millisecond', () => {
    const verified = new VerifiedTokens();
    verified.add('token', key, principal);
    expect(verified.find('token', NOW)?.principal).toBe(principal);
    expect(verified.find('token', new Date(NOW.getTime() + 999))?.principal).toBe(principal);
    expect(verified.find('token', new Date(NOW.getTime() + 1000))).toBeNull();
  });

  it('is known with its key, and no other token is', () => {
    const verified = new VerifiedTokens();
    verified.add('token', key, principal);
    expect(verified.find('token', NOW)?.key).toBe(key);
    expect(verified.find('token ', NOW)).toBeNull();
  });

  it('makes no room for itself', () => {
    const verified = new VerifiedTokens();
    for (let index = 0; index < MAX_REMEMBERED; index += 1) verified.add(`token ${index}`, key, principal);
    verified.add('token 1', key, principal);
    expect(verified.find('token 0', NOW)?.principal).toBe(principal);
  });

  it(`is forgotten when ${MAX_REMEMBERED} others have come`, () => {
    const verified = new VerifiedTokens();
    for (let index = 0; index <= MAX_REMEMBERED; index += 1) verified.add(`token ${index}`, key, principal);
    expect(verified.find('token 0', NOW)).toBeNull();
    expect(verified.find('token 1', NOW)?.principal).toBe(principal);
    expect(verified.find(`token ${MAX_REMEMBERED}`, NOW)?.principal).toBe(principal);
  });
});
