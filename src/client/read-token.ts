/** What a token says of itself, unverified. */
export interface TokenTimes {
  /** `exp`, in milliseconds since 1970; `null`: it does not say. */
  readonly expiresAtMs: number | null;
}

/** Reads a JWT's claims (RFC 7519, section 4.1.4). What is no JWT says nothing. */
export function readToken(token: string): TokenTimes {
  try {
    const payload = (token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/');
    const claims: unknown = JSON.parse(atob(payload));
    const exp = typeof claims === 'object' && claims !== null && 'exp' in claims ? claims.exp : null;
    return { expiresAtMs: typeof exp === 'number' ? exp * 1000 : null };
  } catch {
    return { expiresAtMs: null };
  }
}
