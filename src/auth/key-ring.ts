import { readFile } from 'node:fs/promises';

import { type JwtConfig } from '../config/jwt-config.ts';
import { type Logger } from '../lib/logger.ts';
import { readConfiguredKeys } from './configured-keys.ts';
import { parseKeySet } from './key-set.ts';
import { RemoteKeySet } from './remote-key-set.ts';
import { isHmac, parseAlgorithm } from './signature-algorithm.ts';
import { type KeyQuery, selectKeys, type VerificationKey } from './verification-key.ts';

export interface KeyRingOptions {
  readonly now: () => Date;
  readonly fetch: typeof fetch;
  readonly log: Logger | undefined;
}

/** The keys of all configured sources. */
export class KeyRing {
  readonly #own: readonly VerificationKey[];
  readonly #remote: RemoteKeySet | null;

  constructor(own: readonly VerificationKey[], remote: RemoteKeySet | null) {
    this.#own = own;
    this.#remote = remote;
  }

  /** Whether the key is one of this server's own, which never go. */
  isOwn(key: VerificationKey): boolean {
    return this.#own.includes(key);
  }

  /**
   * The keys that may have signed, in the order to try them: this server's own, and only when those are used up the ones
   * at JWT_JWKS_URL, which never hold a secret. Throws `UnavailableError` when that set has never been had.
   */
  async *candidates(query: KeyQuery): AsyncGenerator<VerificationKey, void> {
    yield* selectKeys(this.#own, query);
    if (this.#remote !== null && !isHmac(query.algorithm)) yield* await this.#remote.find(query);
  }
}

/**
 * The keys of JWT_VERIFICATION_KEY, JWT_JWKS_FILE and JWT_JWKS_URL. Throws `TypeError` for what a developer must put right;
 * an endpoint that does not answer is not among that.
 */
export async function createKeyRing(config: JwtConfig, options: KeyRingOptions): Promise<KeyRing> {
  requireSources(config);
  const own = [...readConfiguredKeys(config), ...(await readKeyFile(config, options.log))];
  return new KeyRing(own, await openRemote(config, options));
}

function requireSources({ verificationKeys, jwksFile, jwksUrl, audience, algorithm }: JwtConfig): void {
  const hasSet = jwksFile !== null || jwksUrl !== null;
  if (verificationKeys.length === 0 && !hasSet) {
    throw new TypeError('JWT_VERIFICATION_KEY, JWT_JWKS_FILE or JWT_JWKS_URL must be set.');
  }
  if (hasSet && audience === null) {
    throw new TypeError('JWT_AUDIENCE must be set with JWT_JWKS_FILE and JWT_JWKS_URL.');
  }
  const named = algorithm === null ? undefined : parseAlgorithm(algorithm);
  if (named === null) throw new TypeError('JWT_ALGORITHM is not an algorithm that verifies tokens.');
  if (hasSet && named !== undefined && isHmac(named)) {
    throw new TypeError(
      `JWT_ALGORITHM ${named} does not fit JWT_JWKS_FILE and JWT_JWKS_URL, which hold no secrets.`,
    );
  }
}

async function readKeyFile(
  { jwksFile, algorithm }: JwtConfig,
  log: Logger | undefined,
): Promise<VerificationKey[]> {
  if (jwksFile === null) return [];
  const text = await readFile(jwksFile, 'utf8').catch((cause: unknown) => {
    throw new TypeError('JWT_JWKS_FILE cannot be read.', { cause });
  });
  const keys = parseKeySet(text, { setting: 'JWT_JWKS_FILE', algorithm, log });
  if (keys.length === 0) throw new TypeError('JWT_JWKS_FILE holds no key that can verify tokens.');
  return keys;
}

async function openRemote(
  { jwksUrl, algorithm }: JwtConfig,
  options: KeyRingOptions,
): Promise<RemoteKeySet | null> {
  if (jwksUrl === null) return null;
  const url = requireUrl(jwksUrl);
  if (url.protocol === 'http:' && !/^(localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname)) {
    options.log?.warn('JWT_JWKS_URL is not https: whoever is between can put in keys of their own.');
  }
  const remote = new RemoteKeySet({ ...options, url: url.href, algorithm });
  await remote.refresh();
  // An answer that is no set of public keys is a mistake; no answer is an outage, and passes.
  if (remote.failure instanceof TypeError) throw remote.failure;
  return remote;
}

function requireUrl(text: string): URL {
  const url = URL.parse(text);
  if (
    url === null ||
    !['http:', 'https:'].includes(url.protocol) ||
    url.username !== '' ||
    url.password !== ''
  ) {
    throw new TypeError('JWT_JWKS_URL must be an http or https URL without a user name and password.');
  }
  return url;
}
