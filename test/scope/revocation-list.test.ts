import { describe, expect, it } from 'vitest';

import { UnauthenticatedError } from '../../src/errors.ts';
import type { TokenMark } from '../../src/scope/principal.ts';
import { RevocationList } from '../../src/scope/revocation-list.ts';
import { endOfSecond, type Revocation } from '../../src/scope/revocation.ts';

const at = (text: string): Date => new Date(`2026-01-02T${text}Z`);
const NOON = at('12:00:00');
const byToken: Revocation = { kind: 'token', tokenId: 't1', keepUntil: null };
const byUser: Revocation = { kind: 'user', userId: 'ann', issuedBefore: NOON };
const ofAll: Revocation = { kind: 'all', issuedBefore: NOON };

function mark(changes: Partial<TokenMark> = {}): TokenMark {
  return { id: 'ann', tokenId: 't1', issuedAt: at('11:00:00'), ...changes };
}

function listOf(...revocations: Revocation[]): RevocationList {
  const list = new RevocationList();
  list.add(revocations);
  return list;
}

describe('a revocation', () => {
  it.each<[string, Revocation, Partial<TokenMark>, boolean]>([
    ['of a token hits it', byToken, {}, true],
    [
      'of a token hits it whosever it is and whenever it was issued',
      byToken,
      { id: 'bob', issuedAt: null },
      true,
    ],
    ['of a token leaves others', byToken, { tokenId: 't2' }, false],
    ['of a token leaves those without a jti', byToken, { tokenId: null }, false],
    ['of a token tells upper from lower case', byToken, { tokenId: 'T1' }, false],
    ['of a user hits what was issued before', byUser, {}, true],
    ['of a user hits what was issued just before', byUser, { issuedAt: at('11:59:59.999') }, true],
    ['of a user leaves what was issued then', byUser, { issuedAt: NOON }, false],
    ['of a user hits what does not say when', byUser, { issuedAt: null }, true],
    ['of a user hits what has no jti', byUser, { tokenId: null }, true],
    ['of a user leaves other users', byUser, { id: 'Ann' }, false],
    ['of all hits everybody', ofAll, { id: 'bob' }, true],
    ['of all hits what does not say when', ofAll, { issuedAt: null, tokenId: null }, true],
    ['of all leaves what was issued then', ofAll, { issuedAt: NOON }, false],
  ])('%s', (_title, revocation, changes, isHit) => {
    expect(listOf(revocation).isRevoked(mark(changes))).toBe(isHit);
    expect(listOf().isRevoked(mark(changes))).toBe(false);
  });

  it.each(['__proto__', 'constructor', ''])('of a user called %j hits nobody else', (userId) => {
    const list = listOf({ kind: 'user', userId, issuedBefore: NOON });
    expect(list.isRevoked(mark({ id: userId }))).toBe(true);
    expect(list.isRevoked(mark())).toBe(false);
  });

  it('is never taken back by one that reaches less far', () => {
    const earlier = at('10:00:00');
    const list = listOf(byUser, { ...byUser, issuedBefore: earlier }, ofAll, {
      ...ofAll,
      issuedBefore: earlier,
    });
    expect(list.isRevoked(mark())).toBe(true);
    expect(list.isRevoked(mark({ id: 'bob' }))).toBe(true);
    expect(list.size).toBe(2);
  });

  it('of a token is forgotten when it may be, and no earlier', () => {
    const until = at('13:00:00');
    const list = listOf(byToken, { kind: 'token', tokenId: 't2', keepUntil: until });
    list.add([{ kind: 'token', tokenId: 't2', keepUntil: NOON }]);
    list.prune(until);
    expect(list.isRevoked(mark({ tokenId: 't2' }))).toBe(true);
    list.prune(new Date(until.getTime() + 1));
    expect(list.isRevoked(mark({ tokenId: 't2' }))).toBe(false);
    expect(list.isRevoked(mark())).toBe(true);
  });

  it('says what a revoked token is answered with', () => {
    const list = listOf(byToken);
    expect(() => list.requireLive(mark())).toThrow(UnauthenticatedError);
    expect(() => list.requireLive(mark())).toThrow('The bearer token has been revoked.');
    expect(() => list.requireLive(mark({ tokenId: 't2' }))).not.toThrow();
  });
});

describe('watching', () => {
  it('is told once, as soon as the token is revoked', () => {
    const list = listOf();
    let told = 0;
    list.watch(mark, () => (told += 1));
    list.add([{ kind: 'token', tokenId: 'other', keepUntil: null }]);
    expect(told).toBe(0);
    list.add([byToken]);
    list.add([byToken, byUser]);
    expect(told).toBe(1);
  });

  it('is told at once of what is revoked already, and nothing once it is called off', () => {
    let told = 0;
    listOf(byToken).watch(mark, () => (told += 1));
    expect(told).toBe(1);
    const list = listOf();
    list.watch(mark, () => (told += 1))();
    list.add([byToken]);
    expect(told).toBe(1);
  });

  it('looks at who it is then', () => {
    const list = listOf();
    let told = 0;
    let current: TokenMark | null = mark();
    list.watch(
      () => current,
      () => (told += 1),
    );
    current = mark({ tokenId: 't2' });
    list.add([byToken]);
    current = null;
    list.add([ofAll]);
    expect(told).toBe(0);
  });
});

describe('the end of the second', () => {
  it.each([
    ['12:00:00.000', '12:00:01.000'],
    ['12:00:00.001', '12:00:01.000'],
    ['12:00:00.999', '12:00:01.000'],
  ])('of %s is %s', (instant, end) => {
    expect(endOfSecond(at(instant))).toEqual(at(end));
  });
});
