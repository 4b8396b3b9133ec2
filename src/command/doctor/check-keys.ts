import { fetchText } from '../../auth/fetch-text.ts';
import { parseKeySet } from '../../auth/key-set.ts';
import { createTokenVerifier, type TokenVerifier } from '../../auth/token-verifier.ts';
import { AmbitError } from '../../errors.ts';
import type { JwtConfig } from '../../config/jwt-config.ts';
import { isDevelopmentMode, withKeptKey } from '../development-key.ts';
import { UsageError } from '../usage-error.ts';
import type { Check, CheckContext } from './check.ts';
import { type Finding, fail, ok, warn } from './finding.ts';
import { describeError } from './run-checks.ts';

const MAKE_KEY = 'Make a secret with: openssl rand -base64 48';

/** Whether there are keys that verify tokens, and AMBIT_TOKEN is a token by them. */
export const checkKeys: Check = {
  name: 'keys',
  async find(context) {
    const { config } = context;
    try {
      const kept = await withKeptKey(config);
      if (kept === null) {
        const message = 'Development mode: the server makes a key of its own at its first start.';
        return [ok('keys', message)];
      }
      const fetch = fetchWithin(context.timeoutMs);
      const verifier = await createTokenVerifier(kept.jwt, { fetch });
      const found = isDevelopmentMode(config)
        ? [ok('keys', 'Development mode: the server has made a key of its own.')]
        : [ok('keys', describeKeys(config.jwt)), ...(await checkKeySet(config.jwt, fetch))];
      return [...found, ...(await checkToken(verifier, context))];
    } catch (error) {
      if (!(error instanceof TypeError || error instanceof UsageError)) throw error;
      return [fail('keys', error.message, MAKE_KEY)];
    }
  },
};

/** With less patience than a server has. */
function fetchWithin(timeoutMs: number): typeof fetch {
  return (url, init) => fetch(url, { ...init, signal: AbortSignal.timeout(timeoutMs) });
}

function describeKeys({ verificationKeys, jwksFile, jwksUrl }: JwtConfig): string {
  const sources = [
    ...(verificationKeys.length > 0 ? [`JWT_VERIFICATION_KEY (${verificationKeys.length})`] : []),
    ...(jwksFile === null ? [] : ['JWT_JWKS_FILE']),
    ...(jwksUrl === null ? [] : ['JWT_JWKS_URL']),
  ];
  return `Tokens are verified with the keys of ${sources.join(', ')}.`;
}

/** The verifier bears with an endpoint that is down; who starts a server wants to know. */
async function checkKeySet({ jwksUrl, algorithm }: JwtConfig, fetchUrl: typeof fetch): Promise<Finding[]> {
  if (jwksUrl === null) return [];
  const { origin, protocol, hostname } = new URL(jwksUrl);
  const text = await fetchText(jwksUrl, fetchUrl).catch((error: Error) => error);
  if (text instanceof Error) {
    const reason = text.cause instanceof Error ? ` ${text.cause.message}` : '';
    const message = `JWT_JWKS_URL: ${origin} gives no key set.${reason}`;
    return [fail('key set', message, 'Until it does, tokens of its keys are answered UNAVAILABLE.')];
  }
  const { length } = parseKeySet(text, { setting: 'JWT_JWKS_URL', algorithm });
  if (length === 0)
    return [
      fail('key set', `JWT_JWKS_URL: ${origin} gives no key that can verify tokens.`, 'See JWT_ALGORITHM.'),
    ];
  if (protocol === 'http:' && !/^(localhost|127\.0\.0\.1|\[::1\])$/.test(hostname))
    return [
      warn(
        'key set',
        'JWT_JWKS_URL is not https: whoever is between can put in keys of their own.',
        'Use https.',
      ),
    ];
  return [ok('key set', `${origin} gives ${length} keys.`)];
}

/** With another server in AMBIT_URL the token may well be of other keys than these. */
async function checkToken(verifier: TokenVerifier, { server }: CheckContext): Promise<Finding[]> {
  if (server.token === null) return [];
  try {
    const { id, expiresAt } = await verifier.verify(server.token);
    return [ok('token', `AMBIT_TOKEN is ${id}'s, until ${expiresAt.toISOString()}.`)];
  } catch (error) {
    if (!(error instanceof AmbitError)) throw error;
    const reason = error.cause instanceof Error ? ` ${describeError(error.cause)}` : '';
    const message = `AMBIT_TOKEN is no token for these keys: ${error.message}${reason}`;
    const mend = 'Make one with: ambit token --sub <subject> --scope <scope>';
    return [server.isDefault ? fail('token', message, mend) : warn('token', message, mend)];
  }
}
