import type { Config } from '../config.ts';
import { redactSecrets } from '../lib/redact-secrets.ts';

/**
 * Stderr for the log, without the secrets of the settings and without tokens, in whatever text they stand: endpoints and
 * databases quote what they were sent when they refuse it.
 */
export function logStream({ database, jwt, model }: Config): { write(line: string): void } {
  const secrets = [
    model.apiKey,
    ...jwt.verificationKeys.filter((key) => !key.includes('-----BEGIN')),
    ...[database.url, database.directUrl].flatMap(passwordsOf),
  ].filter((secret) => secret !== null);
  return { write: (line) => void process.stderr.write(redactSecrets(line, secrets)) };
}

/** As written in the URL and as it is meant, where that can be told. */
function passwordsOf(url: string | null): string[] {
  const written = url === null ? '' : (URL.parse(url)?.password ?? '');
  if (written === '') return [];
  const isWhole = /^(?:[^%]|%[0-9a-f]{2})*$/i.test(written);
  return isWhole ? [written, decodeURIComponent(written)] : [written];
}
