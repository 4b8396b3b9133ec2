import { describe, expect, it } from 'vitest';

import { toConnection } from '../../src/graphql/connection.ts';

describe('a connection', () => {
  it.each([
    [[], null, null],
    [['a'], '<a>', '<a>'],
    [['a', 'b', 'c'], '<a>', '<c>'],
  ])('of %j begins at %s and ends at %s', (rows, startCursor, endCursor) => {
    const page = { rows, hasNextPage: true, hasPreviousPage: false };
    expect(toConnection<string>(page, (row) => `<${row}>`)).toEqual({
      edges: rows.map((node) => ({ node, cursor: `<${node}>` })),
      pageInfo: { hasNextPage: true, hasPreviousPage: false, startCursor, endCursor },
    });
  });
});
