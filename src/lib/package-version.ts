import { readFileSync } from 'node:fs';

/** The version of this package. */
export function readPackageVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  // Ours, and npm demands a version.
  return (JSON.parse(text) as { version: string }).version;
}
