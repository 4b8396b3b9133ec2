import { describe, expect, test } from 'vitest';

import { InvalidInputError } from '../../src/errors.ts';
import { type Page, parseIdKey, parsePage, toCursor, toPageResult } from '../../src/store/page.ts';

const ID = '01234567-89ab-7def-8123-456789abcdef';

describe('parsePage', () => {
  test.each<[Page, object]>([
    [{}, { limit: 20, backward: false, after: null, before: null }],
    [
      { first: null, after: null, last: null, before: null },
      { limit: 20, backward: false },
    ],
    [{ first: 1 }, { limit: 1, backward: false }],
    [
      { first: 100, after: toCursor(ID) },
      { limit: 100, after: ID },
    ],
    [
      { last: 5, before: toCursor(ID) },
      { limit: 5, backward: true, before: ID },
    ],
    [{ before: toCursor(ID.toUpperCase()) }, { before: ID }],
  ])('%j is read', (page, keyset) => {
    expect(parsePage(page, parseIdKey)).toMatchObject(keyset);
  });

  test.each<[string, Page]>([
    ['first', { first: 0 }],
    ['first', { first: -1 }],
    ['first', { first: 101 }],
    ['first', { first: 1.5 }],
    ['first', { first: Number.NaN }],
    ['last', { last: 0 }],
    ['last', { last: 101 }],
    ['last', { first: 1, last: 1 }],
    ['after', { after: '' }],
    ['after', { after: 'x' }],
    ['after', { after: ID }],
    ['after', { after: toCursor('x') }],
    ['after', { after: ` ${toCursor(ID)}` }],
    ['after', { after: `${toCursor(ID)}=` }],
    ['after', { after: `${toCursor(ID)}\0` }],
    ['after', { after: Buffer.from(`${ID}0000`).toString('base64url') }],
    ['before', { before: toCursor(`${ID}' or true --`) }],
  ])('%s is named when %j will not do', (field, page) => {
    expect(() => parsePage(page, parseIdKey)).toThrow(InvalidInputError);
    expect(() => parsePage(page, parseIdKey)).toThrow(expect.objectContaining({ field }));
  });
});

describe('toPageResult', () => {
  test.each<[Page, number[], object]>([
    [{ first: 2 }, [], { rows: [], hasNextPage: false, hasPreviousPage: false }],
    [{ first: 2 }, [1, 2], { rows: [1, 2], hasNextPage: false, hasPreviousPage: false }],
    [
      { first: 2, after: toCursor(ID) },
      [1, 2, 3],
      { rows: [1, 2], hasNextPage: true, hasPreviousPage: true },
    ],
    [{ last: 2 }, [3, 2], { rows: [2, 3], hasNextPage: false, hasPreviousPage: false }],
    [
      { last: 2, before: toCursor(ID) },
      [3, 2, 1],
      { rows: [2, 3], hasNextPage: true, hasPreviousPage: true },
    ],
  ])('%j over %j', (page, rows, result) => {
    expect(toPageResult(parsePage(page, parseIdKey), rows)).toEqual(result);
  });
});
