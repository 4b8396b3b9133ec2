/**
 * A document that knows its result and variables: `TypedDocumentNode`, and the client preset's `TypedDocumentString`, are such, both by
 * this one property of `DocumentTypeDecoration`.
 */
export interface TypedDocument<TData, TVariables> {
  __apiType?: (variables: TVariables) => TData;
}

/** A GraphQL document, as text or as one of the typed kinds. */
export type Document<TData, TVariables> = string | TypedDocument<TData, TVariables>;

/** Variables may be left out where a document needs none. */
export type VariablesOf<TVariables> =
  TVariables extends Readonly<Record<string, never>>
    ? [variables?: TVariables]
    : Partial<TVariables> extends TVariables
      ? [variables?: TVariables]
      : [variables: TVariables];

/** The text of a document. The printer of graphql is only loaded for documents that are syntax trees. */
export async function toText(document: Document<unknown, never>): Promise<string> {
  if (typeof document === 'string' || !('kind' in document)) return String(document);
  const { print } = await import('graphql');
  // What has a kind is a syntax tree.
  return print(document as Parameters<typeof print>[0]);
}
