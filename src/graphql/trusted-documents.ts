import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { GraphQLError } from 'graphql';

import { isRecord } from '../lib/is-record.ts';

/** The only documents that run, by their exact text and by their id. */
export interface TrustedDocuments {
  has(text: string): boolean;
  /** The text of the document with that id, `sha256:` before it or not; `null`: there is none. */
  find(id: string): string | null;
}

/**
 * Reads a map of ids to texts, as `persisted-documents.json` of @graphql-codegen/client-preset. An id is the SHA-256 of the
 * text in hexadecimal, with or without `sha256:` before it: GraphQL over HTTP, appendix A. Throws `TypeError`, with a
 * sentence that names the file, for what is no such map and for an id that is not its text's.
 */
export function readTrustedDocuments(file: string): TrustedDocuments {
  return createTrustedDocuments(readMap(file), file);
}

function readMap(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as unknown;
  } catch (cause) {
    throw new TypeError(`AMBIT_TRUSTED_DOCUMENTS: ${file} cannot be read as JSON.`, { cause });
  }
}

/** As `readTrustedDocuments`, from the map itself. */
export function createTrustedDocuments(map: unknown, file: string): TrustedDocuments {
  const wrong = (what: string): TypeError => new TypeError(`AMBIT_TRUSTED_DOCUMENTS: ${file} ${what}.`);
  if (!isRecord(map) || Object.keys(map).length === 0) throw wrong('is no map of ids to documents');
  const texts = new Map<string, string>();
  for (const [id, text] of Object.entries(map)) {
    if (typeof text !== 'string') throw wrong(`has no text for "${id}"`);
    const digest = toDigest(id);
    if (digest === null) throw wrong(`has an id that is no SHA-256: "${id}"`);
    if (hash('sha256', text) !== digest) throw wrong(`has a text of another hash than its id "${id}"`);
    texts.set(digest, text);
  }
  const known = new Set(texts.values());
  return {
    has: (text) => known.has(text),
    find: (id) => texts.get(toDigest(id) ?? '') ?? null,
  };
}

function toDigest(id: string): string | null {
  return /^(?:sha256:)?([0-9a-f]{64})$/.exec(id)?.[1] ?? null;
}

/** What a request says about its document. */
export interface DocumentRequest {
  readonly query?: unknown;
  readonly documentId?: unknown;
  readonly extensions?: unknown;
}

/**
 * The text that a request asks to run: its `query`, whatever that is, or the document that `documentId` names (also in
 * `extensions`, where a client library leaves no other place). Throws a `GraphQLError` for an id that names none, that is no
 * text, and beside another `query`.
 */
export function findQuery(request: DocumentRequest, documents: TrustedDocuments | null): unknown {
  const { query, extensions } = request;
  const ids = [request.documentId, isRecord(extensions) ? extensions['documentId'] : undefined].filter(
    (id) => id !== undefined && id !== null,
  );
  const [id] = ids;
  if (id === undefined) return query;
  if (typeof id !== 'string' || ids.some((other) => other !== id)) {
    throw refused('BAD_REQUEST', 'documentId must be one text.');
  }
  const text = documents?.find(id) ?? null;
  if (text === null) throw untrusted();
  const hasQuery = query !== undefined && query !== null && query !== '';
  if (hasQuery && query !== text) throw refused('BAD_REQUEST', 'query is not the document of documentId.');
  return text;
}

/** The error for a document that is not registered; HTTP status 400. */
export function untrusted(): GraphQLError {
  return refused('DOCUMENT_NOT_TRUSTED', 'The document is not registered with this server.');
}

function refused(code: string, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code } });
}
