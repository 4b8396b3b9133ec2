import { GrantSet } from '../../src/scope/grant-set.ts';
import { type Principal } from '../../src/scope/principal.ts';
import { BUSY_USER, FORMER_USER } from './stored-runs.ts';

/** Who asks for pages: ordinary users, two who may also read somebody else's data, and one who may read everybody's. */
export const CALLERS = {
  user: { subject: BUSY_USER, scopes: ['agents:read', 'sessions:read'] },
  friend: { subject: BUSY_USER, scopes: ['agents:read', 'sessions:read', 'users:user-7:read'] },
  former: { subject: FORMER_USER, scopes: ['sessions:read'] },
  neighbour: { subject: 'user-8', scopes: ['sessions:read', 'users:user-7:read'] },
  operator: { subject: 'olga', scopes: ['agents:read', 'sessions:read', 'users:read'] },
} as const;

export type CallerName = keyof typeof CALLERS;

/** The caller as a verified token would give it. */
export function toPrincipal(name: CallerName): Principal {
  const { subject, scopes } = CALLERS[name];
  const expiresAt = new Date(Date.now() + 3_600_000);
  return {
    id: subject,
    grants: new GrantSet(scopes),
    tokenId: null,
    issuedAt: null,
    expiresAt,
    validUntil: expiresAt,
  };
}
