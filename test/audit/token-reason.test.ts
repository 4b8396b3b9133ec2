import { expect, it } from 'vitest';

import { tokenReason } from '../../src/audit/token-reason.ts';
import { createTokenVerifier } from '../../src/auth/token-verifier.ts';
import { UnauthenticatedError } from '../../src/errors.ts';
import { GOOD_CLAIMS, jwtConfig, keyOf, NOW, NOW_SECONDS, signToken } from '../_util/keys.ts';

const CANARY = 'canary-0123456789';
const key = keyOf('HS256');

async function reasonFor(claims: object, header: Record<string, unknown> = {}, change = ''): Promise<string> {
  const config = jwtConfig({ verificationKeys: [key.verification], audience: 'ambit', algorithm: 'HS256' });
  const verifier = await createTokenVerifier(config, { now: () => NOW });
  const error: unknown = await verifier
    .verify((await signToken(key, claims, header)) + change)
    .then(() => null)
    .catch((thrown: unknown) => thrown);
  if (!(error instanceof UnauthenticatedError)) throw new Error('The token was not refused.');
  return tokenReason(error);
}

const good = { ...GOOD_CLAIMS, aud: 'ambit' };

it.each<[string, Parameters<typeof reasonFor>, RegExp]>([
  [
    'expired',
    [{ ...good, exp: NOW_SECONDS - 99 }],
    /^The bearer token has expired\. ERR_JWT_EXPIRED \(exp\)$/,
  ],
  ['of another audience', [{ ...good, aud: CANARY }], /ERR_JWT_CLAIM_VALIDATION_FAILED \(aud\)$/],
  ['without exp', [{ ...good, exp: undefined }], /ERR_JWT_CLAIM_VALIDATION_FAILED \(exp\)$/],
  ['with a bad sub', [{ ...good, sub: `${CANARY}\n` }], /The claim sub will not do\.$/],
  ['with a bad signature', [good, {}, 'AAAA'], /ERR_JW/],
  ['of another type', [good, { typ: CANARY }], /The header of the token will not do\.$/],
  ['with a critical header', [good, { crit: ['b64'], b64: true }], /The header of the token/],
])('a token %s is refused for a reason that holds nothing of it', async (_name, token, pattern) => {
  const reason = await reasonFor(...token);
  expect(reason).toMatch(pattern);
  expect(reason).not.toContain('canary');
});

it.each<[unknown, string]>([
  [undefined, 'no'],
  ['text', 'no'],
  [new Error('Because.'), 'no Because.'],
  [Object.assign(new Error(CANARY), { code: 'ERR_JWS_INVALID' }), 'no ERR_JWS_INVALID'],
  [Object.assign(new Error(CANARY), { code: 'E', claim: 'exp' }), 'no'],
  [Object.assign(new Error(CANARY), { code: 7 }), 'no'],
  [Object.assign(new Error(CANARY), { code: 'ERR_JWT_EXPIRED', claim: CANARY }), 'no ERR_JWT_EXPIRED'],
])('the cause %s is told as %j', (cause, expected) => {
  expect(tokenReason(new UnauthenticatedError('invalid', 'no', { cause }))).toBe(expected);
});
