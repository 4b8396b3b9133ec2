import { expect, test } from 'vitest';

import { chooseMediaType, prefersHtml } from '../../src/http/media-type.ts';

const JSON_TYPE = 'application/json';
const GRAPHQL_TYPE = 'application/graphql-response+json';

test.each([
  [undefined, JSON_TYPE],
  ['', JSON_TYPE],
  ['*/*', JSON_TYPE],
  ['application/*', JSON_TYPE],
  [JSON_TYPE, JSON_TYPE],
  ['APPLICATION/JSON', JSON_TYPE],
  [GRAPHQL_TYPE, GRAPHQL_TYPE],
  [`${GRAPHQL_TYPE}, ${JSON_TYPE}`, GRAPHQL_TYPE],
  [`${JSON_TYPE}, ${GRAPHQL_TYPE}`, JSON_TYPE],
  [`${JSON_TYPE};q=0.5, ${GRAPHQL_TYPE}`, GRAPHQL_TYPE],
  [`${GRAPHQL_TYPE};q=0.5, */*`, JSON_TYPE],
  [`${GRAPHQL_TYPE}; charset=utf-8, ${JSON_TYPE}; charset=utf-8`, GRAPHQL_TYPE],
  ['application/json; charset=utf-16', null],
  ['application/json;q=0', null],
  ['application/json;q=0, */*', GRAPHQL_TYPE],
  ['text/html', null],
  ['text/html, */*;q=0.8', JSON_TYPE],
  ['multipart/mixed;deferSpec=20220824, application/json', JSON_TYPE],
  ['application/json;q=nonsense', null],
  ['nonsense', null],
])('%j: %s', (accept, type) => {
  expect(chooseMediaType(accept)).toBe(type);
});

test.each([
  [undefined, false],
  ['*/*', false],
  ['application/json', false],
  ['text/html,application/xhtml+xml,*/*;q=0.8', true],
  ['text/html;q=0', false],
])('prefersHtml(%j): %s', (accept, expected) => {
  expect(prefersHtml(accept)).toBe(expected);
});
