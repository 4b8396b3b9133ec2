/**
 * Every error that Ambit tells a caller, with the stable code the caller switches on. Three kinds, three ways: bad input
 * is one of these classes; a mistake of the developer who configures Ambit is a `TypeError` at start; a bug of ours is
 * whatever it is, and reaches a caller only as INTERNAL_SERVER_ERROR. A vendor's error travels as `cause`, for the log.
 */
export abstract class AmbitError extends Error {
  abstract readonly code: string;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** No token was sent (`missing`), or one that is not acceptable now (`invalid`): RFC 6750, section 3. */
export class UnauthenticatedError extends AmbitError {
  readonly code = 'UNAUTHENTICATED';
  readonly reason: 'missing' | 'invalid';

  constructor(reason: 'missing' | 'invalid', message?: string, options?: ErrorOptions) {
    super(
      message ?? (reason === 'missing' ? 'A bearer token is required.' : 'The bearer token is not valid.'),
      options,
    );
    this.reason = reason;
  }
}

/** The token is good but its scopes are not enough. `required` is a list of any-of lists, ids filled in. */
export class MissingScopeError extends AmbitError {
  readonly code = 'FORBIDDEN';
  readonly required: readonly (readonly string[])[];

  constructor(message: string, required: readonly (readonly string[])[]) {
    super(message);
    this.required = required;
  }
}

/** Unknown, foreign and malformed ids alike: a caller cannot tell them apart. */
export class NotFoundError extends AmbitError {
  readonly code = 'NOT_FOUND';

  constructor(what: string) {
    super(`${what} not found.`);
  }
}

/** A document that was given as a value does not parse or does not validate: what it would be told as an operation. */
export class InvalidDocumentError extends AmbitError {
  readonly code: 'GRAPHQL_PARSE_FAILED' | 'GRAPHQL_VALIDATION_FAILED';
  /** Lines and columns in that document. */
  readonly locations: readonly { readonly line: number; readonly column: number }[];

  constructor({ code, message, locations }: Pick<InvalidDocumentError, 'code' | 'message' | 'locations'>) {
    super(message);
    this.code = code;
    this.locations = locations;
  }
}

/** A value of the caller's does not do. `field` is its path, as `input.message`. */
export class InvalidInputError extends AmbitError {
  readonly code = 'BAD_USER_INPUT';
  readonly field: string;

  constructor(field: string, message: string) {
    super(message);
    this.field = field;
  }
}

/** The request contradicts what is stored: a reused id with another input, a state that does not allow the act. */
export class ConflictError extends AmbitError {
  readonly code = 'CONFLICT';
}

/** The decisions are not those that the run waits for. `openApprovals`: the tool calls that it does wait for. */
export class ApprovalConflictError extends ConflictError {
  readonly openApprovals: readonly string[];

  constructor(message: string, openApprovals: readonly string[]) {
    super(message);
    this.openApprovals = openApprovals;
  }
}

/** A bound was met. `limit` names it; `retryAfterMs` is there when waiting helps; `status` is the HTTP answer's. */
export class LimitExceededError extends AmbitError {
  readonly code = 'LIMIT_EXCEEDED';
  readonly limit: string;
  readonly status: 400 | 413 | 429;
  readonly retryAfterMs: number | undefined;

  constructor(limit: string, message: string, options: { status: 400 | 413 | 429; retryAfterMs?: number }) {
    super(message);
    this.limit = limit;
    this.status = options.status;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** The operation could make more work than one may: `estimate` of it, and the most. */
export class CostExceededError extends LimitExceededError {
  readonly estimate: number;
  readonly maximum: number;

  constructor(estimate: number, maximum: number) {
    const message = `The operation is estimated to cost ${estimate}, beyond the limit cost (${maximum}).`;
    super('cost', message, { status: 400 });
    this.estimate = estimate;
    this.maximum = maximum;
  }
}

/** The cursor is inside what retention has compacted. `resumeAfter` is the nearest cursor that can be read from. */
export class CursorExpiredError extends AmbitError {
  readonly code = 'CURSOR_EXPIRED';
  readonly resumeAfter: number;

  constructor(resumeAfter: number) {
    super('The cursor has expired.');
    this.resumeAfter = resumeAfter;
  }
}

/** The database is away, or this process is shutting down. */
export class UnavailableError extends AmbitError {
  readonly code = 'UNAVAILABLE';
}

/** The model endpoint failed. `message` is our sentence; the vendor's text is only in `cause`. */
export class ModelError extends AmbitError {
  readonly code = 'MODEL_ERROR';
}

/** Thrown by a tool's code: its text is shown to the model and to clients. Anything else a tool throws is hidden. */
export class ToolError extends AmbitError {
  readonly code = 'TOOL_ERROR';
}
