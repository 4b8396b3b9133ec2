import { AmbitError, ConflictError, InvalidInputError, UnavailableError } from '../errors.ts';
import { isRecord } from '../lib/is-record.ts';

/** SQLSTATE classes and codes (PostgreSQL's appendix "Error Codes") that say: not now, whatever was asked. */
const UNAVAILABLE_STATES = [
  /^08/, // connection exceptions
  /^25006$/, // read-only: a standby answers
  /^25P03$/, // idle in a transaction for too long
  /^28/, // the login is refused
  /^3D000$/, // the database does not exist
  /^40(001|P01)$/, // serialization failure, deadlock: the same again may do
  /^53/, // out of memory, disk or connections
  /^55P03$/, // a lock was not to be had in time
  /^57/, // cancelled by a timeout or an operator, shutting down, starting up
  /^58/, // the system below failed
];

/** States that blame a value: text that no encoding holds, a number or a nesting out of bounds, a row too wide for its index. */
const INVALID_STATES = /^(22.{3}|54000|54001)$/;

const UNIQUE_VIOLATION = '23505';

const NETWORK_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
]);

/** What the drivers say without a code. */
const CLOSED_MESSAGES =
  /^(Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client (has encountered|was closed)|Cannot use a pool after|Postgres connection has been discarded|PGlite( instance)? is )/;

/**
 * The error that callers get for what a driver threw, with that as its `cause`: UnavailableError when the database is away or
 * closed, InvalidInputError when a value cannot be stored, ConflictError when a key is taken. Anything else is a bug of ours and
 * comes back as it is.
 */
export function toStoreError(error: unknown): unknown {
  if (error instanceof AmbitError || !(error instanceof Error)) return error;
  const code = isRecord(error) && typeof error['code'] === 'string' ? error['code'] : '';
  const options = { cause: error };
  if (isUnavailable(code, error.message)) return unavailable(error);
  if (code === UNIQUE_VIOLATION) return new ConflictError('What was to be stored exists already.', options);
  if (INVALID_STATES.test(code)) return invalidValue(error);
  return error;
}

/** That the database is away, for the reason `cause`. */
export function unavailable(cause: unknown): UnavailableError {
  return new UnavailableError('The database is not available.', { cause });
}

/** The refusal of a value that the database cannot hold. */
export function invalidValue(cause?: Error): InvalidInputError {
  const error = new InvalidInputError('value', 'A value cannot be stored as it is.');
  if (cause !== undefined) error.cause = cause;
  return error;
}

function isUnavailable(code: string, message: string): boolean {
  if (NETWORK_CODES.has(code) || CLOSED_MESSAGES.test(message)) return true;
  return UNAVAILABLE_STATES.some((state) => state.test(code));
}
