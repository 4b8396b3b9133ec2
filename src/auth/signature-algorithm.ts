/** The algorithms a kind of key can verify. The first is the key's own, used where nothing names another. */
const ALGORITHMS_OF = {
  secret: ['HS256', 'HS384', 'HS512'],
  rsa: ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  'P-256': ['ES256'],
  'P-384': ['ES384'],
  'P-521': ['ES512'],
  ed25519: ['EdDSA'],
} as const satisfies Record<string, readonly [string, ...string[]]>;

export type KeyKind = keyof typeof ALGORITHMS_OF;
export type SignatureAlgorithm = (typeof ALGORITHMS_OF)[KeyKind][number];

const ALL: readonly SignatureAlgorithm[] = Object.values(ALGORITHMS_OF).flat();

/** The algorithm that `name` names, else `null`. `Ed25519` is the newer name of EdDSA on that curve: RFC 9864, section 2.2. */
export function parseAlgorithm(name: unknown): SignatureAlgorithm | null {
  if (name === 'Ed25519') return 'EdDSA';
  return ALL.find((algorithm) => algorithm === name) ?? null;
}

/** The algorithm that a key of that kind verifies: `named`, or the kind's own for `null`. `null` when `named` does not fit the kind. */
export function chooseAlgorithm(kind: KeyKind, named: string | null): SignatureAlgorithm | null {
  const fitting: readonly SignatureAlgorithm[] = ALGORITHMS_OF[kind];
  if (named === null) return ALGORITHMS_OF[kind][0];
  const algorithm = parseAlgorithm(named);
  return algorithm !== null && fitting.includes(algorithm) ? algorithm : null;
}

/** Whether the algorithm's key is a shared secret: HS256, HS384, HS512. */
export function isHmac(algorithm: SignatureAlgorithm): boolean {
  return algorithm.startsWith('HS');
}
