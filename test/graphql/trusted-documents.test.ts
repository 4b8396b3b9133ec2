import { hash } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import {
  createTrustedDocuments,
  findQuery,
  readTrustedDocuments,
} from '../../src/graphql/trusted-documents.ts';

const TEXT = 'query Hello { hello }';
const DIGEST = hash('sha256', TEXT);
const documents = createTrustedDocuments({ [`sha256:${DIGEST}`]: TEXT }, 'file.json');

describe('the file', () => {
  test.each<[string, unknown]>([
    ['is no map', []],
    ['is no map', null],
    ['is no map', {}],
    ['has no text for', { [DIGEST]: 1 }],
    ['is no SHA-256', { hello: TEXT }],
    ['is no SHA-256', { [DIGEST.toUpperCase()]: TEXT }],
    ['is no SHA-256', { [`md5:${DIGEST}`]: TEXT }],
    ['is no SHA-256', { [hash('sha1', TEXT)]: TEXT }],
    ['of another hash', { [DIGEST]: `${TEXT} ` }],
    ['of another hash', { [DIGEST]: TEXT, [`sha256:${hash('sha256', 'x')}`]: 'y' }],
  ])('that %s does not start: %#', (message, map) => {
    expect(() => createTrustedDocuments(map, 'file.json')).toThrow(TypeError);
    expect(() => createTrustedDocuments(map, 'file.json')).toThrow(
      /^AMBIT_TRUSTED_DOCUMENTS: file\.json .*\.$/,
    );
    expect(() => createTrustedDocuments(map, 'file.json')).toThrow(message);
  });

  test('that is not there, or no JSON, is named', () => {
    expect(() => readTrustedDocuments('/nowhere/x.json')).toThrow(
      'AMBIT_TRUSTED_DOCUMENTS: /nowhere/x.json cannot be read as JSON.',
    );
  });
});

test('ids go with and without their prefix, texts as they are to the letter', () => {
  expect([documents.find(DIGEST), documents.find(`sha256:${DIGEST}`)]).toEqual([TEXT, TEXT]);
  for (const id of ['', 'sha256:', '__proto__', 'toString', `sha256:sha256:${DIGEST}`, `${DIGEST}\n`]) {
    expect(documents.find(id)).toBeNull();
  }
  expect(documents.has(TEXT)).toBe(true);
  for (const text of ['', ` ${TEXT}`, `${TEXT}#`, 'query Hello {hello}', DIGEST])
    expect(documents.has(text)).toBe(false);
});

test.each<[object, unknown]>([
  [{ documentId: DIGEST }, TEXT],
  [{ extensions: { documentId: `sha256:${DIGEST}` } }, TEXT],
  [{ documentId: DIGEST, query: '' }, TEXT],
  [{ documentId: DIGEST, query: TEXT }, TEXT],
  [{ documentId: null, query: '{ me }' }, '{ me }'],
  [{ query: 1 }, 1],
  [{}, undefined],
  [{ documentId: DIGEST, query: '{ me }' }, 'BAD_REQUEST'],
  [{ documentId: 1 }, 'BAD_REQUEST'],
  [{ documentId: [DIGEST] }, 'BAD_REQUEST'],
  [{ documentId: DIGEST, extensions: { documentId: 'other' } }, 'BAD_REQUEST'],
  [{ documentId: 'other' }, 'DOCUMENT_NOT_TRUSTED'],
  [{ documentId: '', query: TEXT }, 'DOCUMENT_NOT_TRUSTED'],
])('%j asks for %j', (request, outcome) => {
  const ask = () => findQuery(request, documents);
  if (typeof outcome !== 'string' || !/^[A-Z_]+$/.test(outcome)) expect(ask()).toBe(outcome);
  else expect(ask).toThrow(expect.objectContaining({ extensions: { code: outcome } }));
});

test('without registered documents no id names one', () => {
  expect(() => findQuery({ documentId: DIGEST }, null)).toThrow('not registered');
});
