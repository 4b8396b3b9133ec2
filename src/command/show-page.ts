import { formatTable } from '../lib/format-table.ts';
import { toPrintableJson } from '../lib/to-printable-json.ts';
import { toPrintableText } from '../lib/to-printable-text.ts';

/** A page as GraphQL answers it. */
export interface Connection<TNode> {
  readonly edges: readonly { readonly node: TNode }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

/** What is selected of one, after its edges. */
export const PAGE_INFO = 'pageInfo { hasNextPage endCursor }';

export interface PageLayout<TNode> {
  readonly heading: readonly string[];
  readonly toRow: (node: TNode) => readonly string[];
  readonly json: boolean;
}

/** Writes a page to stdout, as a table or as JSON; where there is more, the cursor to go on from is told. */
export function showPage<TNode>(
  { edges, pageInfo }: Connection<TNode>,
  { heading, toRow, json }: PageLayout<TNode>,
): void {
  const nodes = edges.map(({ node }) => node);
  if (json) return void process.stdout.write(`${toPrintableJson({ nodes, pageInfo }, 2)}\n`);
  process.stdout.write(
    formatTable(
      heading,
      nodes.map((node) => toRow(node).map(toCell)),
    ),
  );
  const { hasNextPage, endCursor } = pageInfo;
  if (hasNextPage) process.stderr.write(`There are more: --after ${toPrintableText(endCursor ?? '')}\n`);
}

/** Whatever an id or a name holds must not steer the terminal. */
function toCell(text: string): string {
  return toPrintableText(text).replaceAll(/[\n\t]/g, ' ');
}
