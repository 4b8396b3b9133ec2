import { type ReadDocument } from './read-document.ts';

/**
 * Reads documents that are values within an operation: each text once per context, whatever comes of it, so that many
 * fields with one text cost no more than one.
 */
export function createReadOnce<TContext>(
  read: (query: string) => ReadDocument,
): (query: string, context: TContext) => ReadDocument {
  const byContext = new WeakMap<object, Map<string, ReadDocument>>();
  return (query, context) => {
    if (typeof context !== 'object' || context === null) return read(query);
    const known = byContext.get(context) ?? new Map<string, ReadDocument>();
    byContext.set(context, known);
    const document = known.get(query) ?? read(query);
    known.set(query, document);
    return document;
  };
}
