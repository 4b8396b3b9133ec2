/** Something to be logged, as it comes: `cleanEntry` bounds it and takes out what a caller could have chosen freely. */
export interface AuditEntry {
  /** ALLOWED: it may begin. FAILED: it was allowed, and ended in an error. */
  readonly outcome: 'ALLOWED' | 'DENIED' | 'FAILED';
  /** Of the operation, or of the attempt to show a token. */
  readonly correlationId: string;
  readonly transport: 'http' | 'websocket' | 'sse';
  /** The `sub` of a verified token; `null`: there is none. */
  readonly userId: string | null;
  readonly operationName?: string | null;
  /** `Type.field`; `null`: it did not come to a field. */
  readonly field?: string | null;
  /** Response keys from the root. */
  readonly path?: readonly (string | number)[];
  /** Arguments that are ids, by name. */
  readonly ids?: Readonly<Record<string, string>>;
  /** Any-of lists. */
  readonly required?: readonly (readonly string[])[];
  /** The granted scopes by which they were met. */
  readonly grants?: readonly string[];
  readonly code?: string | null;
  /** More about it, in words of ours. */
  readonly reason?: string | null;
}
