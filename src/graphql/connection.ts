import type { PageResult } from '../store/page.ts';

export interface Connection<TRow> {
  readonly edges: { readonly node: TRow; readonly cursor: string }[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
}

/** A page as Relay's cursor connections specification shapes it. */
export function toConnection<TRow>(
  { rows, hasNextPage, hasPreviousPage }: PageResult<TRow>,
  cursorOf: (row: TRow) => string,
): Connection<TRow> {
  const edges = rows.map((node) => ({ node, cursor: cursorOf(node) }));
  const [startCursor, endCursor] = [edges.at(0)?.cursor ?? null, edges.at(-1)?.cursor ?? null];
  return { edges, pageInfo: { hasNextPage, hasPreviousPage, startCursor, endCursor } };
}
