import { describe, expect, test } from 'vitest';

import { ConflictError, InvalidInputError, NotFoundError, UnavailableError } from '../../src/errors.ts';
import { toStoreError } from '../../src/store/to-store-error.ts';

function driverError(code: string, message = 'driver text'): Error {
  return Object.assign(new Error(message), { code });
}

describe('toStoreError', () => {
  test.each([
    '08000',
    '08003',
    '08006',
    '25006',
    '25P03',
    '28000',
    '28P01',
    '3D000',
    '40001',
    '40P01',
    '53100',
    '53200',
    '53300',
    '55P03',
    '57014',
    '57P01',
    '57P02',
    '57P03',
    '58030',
    'ECONNREFUSED',
    'ECONNRESET',
    'EPIPE',
    'ETIMEDOUT',
    'ENOTFOUND',
    'EAI_AGAIN',
    'EHOSTUNREACH',
    'ENETUNREACH',
  ])('%s is the database being away, with the driver’s text in the cause only', (code) => {
    const error = driverError(code);
    const ours = toStoreError(error);
    expect(ours).toBeInstanceOf(UnavailableError);
    expect(ours).toMatchObject({ message: 'The database is not available.', cause: error });
  });

  test.each([
    'Connection terminated',
    'Connection terminated unexpectedly',
    'Connection terminated due to connection timeout',
    'timeout exceeded when trying to connect',
    'Query read timeout',
    'Client has encountered a connection error and is not queryable',
    'Client was closed and is not queryable',
    'Cannot use a pool after calling end on the pool',
    'PGlite is closed',
    'PGlite is closing',
    'PGlite instance is already closed.',
  ])('"%s" is the database being away', (message) => {
    expect(toStoreError(new Error(message))).toBeInstanceOf(UnavailableError);
  });

  test.each(['22001', '22003', '22021', '22P02', '22P05', '22007', '54000', '54001'])(
    '%s blames the value',
    (code) => {
      const error = driverError(code);
      expect(toStoreError(error)).toMatchObject({ constructor: InvalidInputError, cause: error });
    },
  );

  test('a key that is taken is a conflict', () => {
    expect(toStoreError(driverError('23505'))).toBeInstanceOf(ConflictError);
  });

  test.each([
    driverError('42601'),
    driverError('23503'),
    new TypeError('x'),
    new NotFoundError('Run'),
    'text',
    null,
  ])('%s stays what it is', (error) => {
    expect(toStoreError(error)).toBe(error);
  });
});
