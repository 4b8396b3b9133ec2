import type { Config } from '../config.ts';

/** The keys and passwords among the settings; public keys are none. */
export function secretsOf({ database, jwt, model, search, traces }: Config): string[] {
  return [
    model.apiKey,
    search.apiKey,
    ...jwt.verificationKeys.filter((key) => !key.includes('-----BEGIN')),
    ...[database.url, database.directUrl].flatMap(passwordsOf),
    ...Object.values(traces?.headers ?? {}).flatMap(credentialsOf),
  ].filter((secret) => secret !== null);
}

/** The value of a header, and what follows its scheme, as in `Bearer …`. */
function credentialsOf(value: string): string[] {
  const credentials = /^\S+\s+(\S.*)$/.exec(value)?.[1];
  return credentials === undefined ? [value] : [value, credentials];
}

/** As written in the URL and as it is meant, where that can be told. */
function passwordsOf(url: string | null): string[] {
  const written = url === null ? '' : (URL.parse(url)?.password ?? '');
  if (written === '') return [];
  const isWhole = /^(?:[^%]|%[0-9a-f]{2})*$/i.test(written);
  return isWhole ? [written, decodeURIComponent(written)] : [written];
}
