/** A JWT: two parts of base64url that begin as JSON objects do, and a signature. */
const TOKEN = /eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*/g;
const CENSOR = '[redacted]';

/** Shorter ones would be found in words that are none, and are no secrets anyway. */
const MIN_LENGTH = 6;

/** A line of JSON with every JWT and each of `secrets` of at least six characters replaced, as itself and as JSON writes it. */
export function redactSecrets(line: string, secrets: readonly string[]): string {
  return secrets
    .filter(({ length }) => length >= MIN_LENGTH)
    .flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)])
    .reduce((text, secret) => text.replaceAll(secret, CENSOR), line.replaceAll(TOKEN, CENSOR));
}
