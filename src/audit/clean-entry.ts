import { toPrintableText } from '../lib/to-printable-text.ts';
import { toWellFormedText } from '../lib/to-well-formed-text.ts';
import { truncateText } from '../lib/truncate-text.ts';
import { formatScope, parseScope, WILDCARD } from '../scope/scope.ts';
import type { AuditEventRow } from '../store/audit-event.ts';
import type { AuditEntry } from './audit-entry.ts';
import { cleanId, cleanName, type CleanOptions, cleanUserId } from './clean-id.ts';

/** What is kept of an entry; the rest of its row is when, where and how often. */
export type CleanEntry = Omit<AuditEventRow, 'id' | 'at' | 'firstAt' | 'count' | 'nodeId'>;

const MAX_TEXT = 200;
const MAX_PATH = 16;
const MAX_IDS = 8;
const MAX_LISTS = 8;
const MAX_SCOPES = 16;

/**
 * The entry with everything in it bounded, and without texts that a caller chose freely: of what callers send there remain ids and
 * names, and only those that `cleanId`, `cleanUserId` and `cleanName` let through.
 */
export function cleanEntry(entry: AuditEntry, options: CleanOptions): CleanEntry {
  const keys = (entry.path ?? []).filter((key) => typeof key === 'string');
  return {
    outcome: entry.outcome,
    correlationId: cleanText(entry.correlationId),
    transport: entry.transport,
    // A verified token's, and so the issuer's word.
    userId: entry.userId === null ? null : cleanText(entry.userId, 255),
    code: entry.code === null || entry.code === undefined ? null : cleanText(entry.code),
    reason: entry.reason === null || entry.reason === undefined ? null : cleanText(entry.reason),
    operationName:
      entry.operationName === null || entry.operationName === undefined
        ? null
        : cleanName(entry.operationName, options),
    field: entry.field === null || entry.field === undefined ? null : cleanText(entry.field),
    path: keys.slice(0, MAX_PATH).map((key) => cleanName(key, options)),
    ids: cleanIds(entry.ids ?? {}, options),
    required: (entry.required ?? [])
      .slice(0, MAX_LISTS)
      .map((anyOf) => anyOf.slice(0, MAX_SCOPES).map((scope) => cleanScope(scope, options))),
    grants: (entry.grants ?? []).slice(0, MAX_SCOPES).map((scope) => cleanText(scope)),
  };
}

function cleanIds(
  ids: Readonly<Record<string, string>>,
  options: CleanOptions,
): Readonly<Record<string, string>> {
  const entries = Object.entries(ids).slice(0, MAX_IDS);
  return Object.fromEntries(
    entries.map(([name, id]) => [
      cleanText(name),
      name === 'userId' ? cleanUserId(id, options) : cleanId(id, options),
    ]),
  );
}

/** Resource and action are the schema's; the id may be one that the caller sent. */
function cleanScope(text: string, options: CleanOptions): string {
  const scope = parseScope(text);
  if (scope === null || scope.id === null || scope.id === WILDCARD || scope.id === '<id>')
    return cleanText(text);
  const id = scope.resource === 'users' ? cleanUserId(scope.id, options) : cleanId(scope.id, options);
  return formatScope({ ...scope, id: id.replace(':', '-') });
}

function cleanText(text: string, maxLength = MAX_TEXT): string {
  return truncateText(toPrintableText(toWellFormedText(text)).replaceAll(/[\t\n]/g, ' '), maxLength);
}
