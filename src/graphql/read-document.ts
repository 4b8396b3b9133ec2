import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  parse,
  specifiedRules,
  validate,
  visit,
} from 'graphql';

import { toWellFormedText } from '../lib/to-well-formed-text.ts';
import { DocumentCache } from './document-cache.ts';
import { exceeds, findExceededLimit, type Limits } from './limits.ts';
import { type TrustedDocuments, untrusted } from './trusted-documents.ts';

/** What a document's text comes to. */
export type ReadDocument =
  | { readonly document: DocumentNode; readonly errors: null }
  | { readonly document: null; readonly errors: readonly [GraphQLError, ...GraphQLError[]] };

/** More errors of one document than this are not told. */
const MAX_ERRORS = 10;

/**
 * Reads documents: whether they are trusted, size, parse, limits, validation, in this order, so that each step has a bound on
 * its work. The outcome is the same for every caller, so accepted documents are kept by their text; per-caller decisions come
 * later.
 */
export function createDocumentReader(
  schema: GraphQLSchema,
  limits: Limits,
  trustedDocuments: TrustedDocuments | null,
): (query: string) => ReadDocument {
  const cache = new DocumentCache();
  return (query) => {
    if (trustedDocuments?.has(query) === false) return { document: null, errors: [untrusted()] };
    const known = cache.get(query);
    if (known !== undefined) return { document: known, errors: null };
    const read = readDocument(query, schema, limits);
    if (read.document !== null) cache.set(query, read.document);
    return read;
  };
}

function readDocument(query: string, schema: GraphQLSchema, limits: Limits): ReadDocument {
  try {
    if (Buffer.byteLength(query) > limits.documentBytes) throw exceeds('documentBytes', limits.documentBytes);
    const document = parseDocument(query, limits);
    const exceeded = findExceededLimit(document, limits);
    if (exceeded !== null) throw exceeded;
    const [first, ...others] = validate(schema, document, specifiedRules, {
      maxErrors: MAX_ERRORS,
      hideSuggestions: true,
    });
    if (first === undefined) return { document, errors: null };
    return { document: null, errors: [invalid(first), ...others.map(invalid)] };
  } catch (error) {
    return { document: null, errors: [toError(error, limits)] };
  }
}

function parseDocument(query: string, { tokens }: Limits): DocumentNode {
  try {
    const document = parse(query, { maxTokens: tokens });
    return /\\u|\0/.test(query) ? withWellFormedText(document) : document;
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    // graphql gives its token limit no code of its own.
    if (/ tokens\. Parsing aborted/.test(error.message)) throw exceeds('tokens', tokens);
    const { message, source, positions } = error;
    throw new GraphQLError(message, {
      source: source ?? null,
      positions: positions ?? null,
      extensions: { code: 'GRAPHQL_PARSE_FAILED' },
    });
  }
}

/** Literals with NUL, which no database takes, replaced as in variables. */
function withWellFormedText(document: DocumentNode): DocumentNode {
  return visit(document, {
    [Kind.STRING]: (node) => ({ ...node, value: toWellFormedText(node.value) }),
  });
}

function invalid({ message, nodes }: GraphQLError): GraphQLError {
  return new GraphQLError(message, {
    nodes: nodes ?? null,
    extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
  });
}

function toError(error: unknown, { depth }: Limits): GraphQLError {
  if (error instanceof GraphQLError) return error;
  // The parser calls itself for every brace within a brace: what exhausts the stack is far beyond any limit.
  const cause = error instanceof RangeError ? exceeds('depth', depth) : error;
  return new GraphQLError('The document cannot be read.', {
    originalError: cause instanceof Error ? cause : new Error(String(cause)),
  });
}
