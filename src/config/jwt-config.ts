import { badSetting, type EnvReader } from './env-reader.ts';

export interface JwtConfig {
  /** HMAC secrets or PEM public keys. */
  readonly verificationKeys: readonly string[];
  readonly jwksFile: string | null;
  readonly jwksUrl: string | null;
  /** `null`: HS256 for a secret, the key's own for a public key. */
  readonly algorithm: string | null;
  readonly audience: string | null;
  readonly issuer: string | null;
  readonly leewaySeconds: number;
  /** Path of the claim that holds the scopes, dots between names; `null`: `scopes`, else `scope`. */
  readonly scopesClaim: string | null;
  readonly adminScope: string;
}

const ALGORITHMS = [
  'HS256',
  'HS384',
  'HS512',
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
] as const;

/** @throws TypeError as `readConfig` does. */
export function readJwtConfig(read: EnvReader): JwtConfig {
  const jwksFile = read.text('JWT_JWKS_FILE') ?? null;
  const jwksUrl = read.url('JWT_JWKS_URL', ['https:', 'http:']);
  const audience = read.text('JWT_AUDIENCE') ?? null;
  if ((jwksFile !== null || jwksUrl !== null) && audience === null) {
    throw badSetting(
      'JWT_AUDIENCE',
      'must be set with JWT_JWKS_FILE and JWT_JWKS_URL: others hold tokens of that issuer too',
    );
  }
  const algorithm = read.text('JWT_ALGORITHM');
  return {
    verificationKeys: splitKeys(read.text('JWT_VERIFICATION_KEY')),
    jwksFile,
    jwksUrl,
    algorithm: algorithm === undefined ? null : read.word('JWT_ALGORITHM', ALGORITHMS, 'HS256'),
    audience,
    issuer: read.text('JWT_ISSUER') ?? null,
    leewaySeconds: read.integer('JWT_LEEWAY_SECONDS', { min: 0, max: 300, fallback: 10 }),
    scopesClaim: read.text('JWT_SCOPES_CLAIM') ?? null,
    adminScope: read.text('AMBIT_ADMIN_SCOPE') ?? 'agent_os:admin',
  };
}

/**
 * Secrets separated by commas, white space around them left out, or PEM blocks; `\n` written as two characters, as in env
 * files, is read as a line end. What is set but holds no key, and what stands beside PEM blocks, throws: left out in silence,
 * it could leave the server without the keys it was given.
 */
function splitKeys(text: string | undefined): string[] {
  if (text === undefined) return [];
  const keys = text.includes('-----BEGIN')
    ? splitPem(text)
    : text
        .split(',')
        .map((secret) => secret.trim())
        .filter((secret) => secret !== '');
  if (keys.length === 0) throw badSetting('JWT_VERIFICATION_KEY', 'holds no key');
  return keys;
}

function splitPem(text: string): string[] {
  const block = /-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?-----END \1-----/g;
  const pem = text.replaceAll('\\n', '\n');
  if (/[^\s,]/.test(pem.replaceAll(block, ''))) {
    throw badSetting('JWT_VERIFICATION_KEY', 'must be whole PEM blocks, or secrets separated by commas');
  }
  return pem.match(block) ?? [];
}
