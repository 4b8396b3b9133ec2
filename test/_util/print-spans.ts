import { type ReceivedSpan } from './decode-spans.ts';

/** The spans of one trace as a tree, each with what `tell` says of it; those whose parent was never sent stand below `?`. */
export function printSpans(spans: readonly ReceivedSpan[], tell: (span: ReceivedSpan) => string): string {
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const isBelow = (parentId: string) => (span: ReceivedSpan) => span.parentId === parentId;
  const print = (parentId: string, indent: string): string[] =>
    inOrder(spans.filter(isBelow(parentId))).flatMap((span) => [
      `${indent}${span.name} ${tell(span)}`.trimEnd(),
      ...print(span.spanId, `${indent}  `),
    ]);
  const above = inOrder(spans.filter(({ parentId }) => !ids.has(parentId))).map(({ parentId }) => parentId);
  return [...new Set(above)]
    .flatMap((parentId) => [parentId === '' ? '.' : `? ${parentId}`, ...print(parentId, '  ')])
    .join('\n');
}

function inOrder(spans: readonly ReceivedSpan[]): ReceivedSpan[] {
  return spans.toSorted((a, b) => Number(a.startNs - b.startNs));
}
