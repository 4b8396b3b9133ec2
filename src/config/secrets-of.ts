import type { Config } from '../config.ts';

/** The keys and passwords among the settings; public keys are none. */
export function secretsOf({ database, jwt, model, search }: Config): string[] {
  return [
    model.apiKey,
    search.apiKey,
    ...jwt.verificationKeys.filter((key) => !key.includes('-----BEGIN')),
    ...[database.url, database.directUrl].flatMap(passwordsOf),
  ].filter((secret) => secret !== null);
}

/** As written in the URL and as it is meant, where that can be told. */
function passwordsOf(url: string | null): string[] {
  const written = url === null ? '' : (URL.parse(url)?.password ?? '');
  if (written === '') return [];
  const isWhole = /^(?:[^%]|%[0-9a-f]{2})*$/i.test(written);
  return isWhole ? [written, decodeURIComponent(written)] : [written];
}
