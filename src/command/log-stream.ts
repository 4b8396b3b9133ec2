import type { Config } from '../config.ts';
import { secretsOf } from '../config/secrets-of.ts';
import { redactSecrets } from '../lib/redact-secrets.ts';

/**
 * Stderr for the log, without the secrets of the settings and without tokens, in whatever text they stand: endpoints and
 * databases quote what they were sent when they refuse it.
 */
export function logStream(config: Config): { write(line: string): void } {
  const secrets = secretsOf(config);
  return { write: (line) => void process.stderr.write(redactSecrets(line, secrets)) };
}
