/** An error of a GraphQL answer, as the server writes it. */
export interface AnsweredError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: Readonly<Record<string, unknown>>;
}

export interface AmbitClientErrorOptions {
  readonly code: string;
  readonly errors?: readonly AnsweredError[];
  readonly data?: unknown;
  readonly cause?: unknown;
}

/**
 * Whatever the client cannot do. `code` is the server's (`extensions.code`: UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, BAD_USER_INPUT,
 * CONFLICT, LIMIT_EXCEEDED, CURSOR_EXPIRED, UNAVAILABLE, …), or one of the client's own:
 *
 * - NETWORK: no server was reached, or the connection was lost, for longer than the client's patience;
 * - TOKEN_UNAVAILABLE: the token callback failed again and again; its error is the `cause`;
 * - BAD_RESPONSE: what answers at the address is no Ambit server;
 * - ABORTED: the caller's signal was aborted, or the client disposed of, before there was anything to cancel.
 */
export class AmbitClientError extends Error {
  override readonly name = 'AmbitClientError';
  readonly code: string;
  /** All that the server said. */
  readonly errors: readonly AnsweredError[];
  /** The fields that were answered in spite of the errors, if any. */
  readonly data: unknown;

  constructor(message: string, { code, errors = [], data = null, cause }: AmbitClientErrorOptions) {
    super(message, cause === undefined ? {} : { cause });
    this.code = code;
    this.errors = errors;
    this.data = data;
  }

  /** With FORBIDDEN: of every list one scope is needed. */
  get requiredScopes(): readonly (readonly string[])[] {
    const lists = this.#extension('requiredScopes');
    return Array.isArray(lists) ? lists : [];
  }

  /** After how long asking again helps, in milliseconds; `null`: the server does not say. */
  get retryAfterMs(): number | null {
    const ms = this.#extension('retryAfterMs');
    return typeof ms === 'number' ? ms : null;
  }

  /** With CURSOR_EXPIRED: the cursor to go on from. */
  get resumeAfter(): number | null {
    const seq = this.#extension('resumeAfter');
    return typeof seq === 'number' ? seq : null;
  }

  #extension(name: string): unknown {
    return this.errors.find(({ extensions }) => extensions?.[name] !== undefined)?.extensions?.[name];
  }
}

/** The error that an answer's `errors` amount to: the first that has a code decides. */
export function toClientError(errors: readonly AnsweredError[], data: unknown = null): AmbitClientError {
  const told = errors.find(({ extensions }) => typeof extensions?.['code'] === 'string') ?? errors[0];
  const code = told?.extensions?.['code'];
  const message = told?.message ?? 'The server answered without data.';
  return new AmbitClientError(message, {
    code: typeof code === 'string' ? code : 'BAD_RESPONSE',
    errors,
    data,
  });
}

/** The caller has given up. */
export function aborted(): AmbitClientError {
  return new AmbitClientError('It was aborted.', { code: 'ABORTED' });
}
