import { UsageError } from './usage-error.ts';

/** What AMBIT_URL and AMBIT_TOKEN say. */
export interface ServerAddress {
  /** Of GraphQL, with its path. */
  readonly url: URL;
  /** Whether AMBIT_URL is unset, and the address the one of a server that is started as it comes. */
  readonly isDefault: boolean;
  /** `null`: none is set. */
  readonly token: string | null;
}

/** @throws UsageError for an AMBIT_URL that is no http URL, and an AMBIT_TOKEN that cannot stand in a header. */
export function readServerAddress(env: NodeJS.ProcessEnv = process.env): ServerAddress {
  const named = env['AMBIT_URL']?.trim() ?? '';
  return {
    url: readUrl(named === '' ? 'http://127.0.0.1:4000' : named),
    isDefault: named === '',
    token: readToken(env['AMBIT_TOKEN']?.trim() ?? ''),
  };
}

function readUrl(text: string): URL {
  const url = URL.parse('/graphql', text);
  if (url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '')
    return url;
  throw new UsageError(
    'AMBIT_URL must be a URL that starts with http:// or https://, without a user name and password.',
  );
}

function readToken(token: string): string | null {
  if (token === '') return null;
  if (!/^[\x21-\x7e]+$/.test(token)) throw new UsageError('AMBIT_TOKEN is no token.');
  return token;
}
