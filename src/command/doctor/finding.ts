/** One thing that was looked at. */
export interface Finding {
  /** What was looked at, in a word or two. */
  readonly check: string;
  /** `warn`: it works, and will surprise somebody. `fail`: it does not work. */
  readonly status: 'ok' | 'warn' | 'fail';
  /** What was found: sentences. */
  readonly message: string;
  /** What to do about it; absent where nothing is to be done. */
  readonly mend?: string;
}

export function ok(check: string, message: string): Finding {
  return { check, status: 'ok', message };
}

export function warn(check: string, message: string, mend: string): Finding {
  return { check, status: 'warn', message, mend };
}

export function fail(check: string, message: string, mend: string): Finding {
  return { check, status: 'fail', message, mend };
}
