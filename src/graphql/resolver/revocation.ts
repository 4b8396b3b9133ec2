import type { RevocationResolvers } from '../generated/resolver-types.ts';

export const revocationResolvers: RevocationResolvers = {
  tokenId: (revocation) => (revocation.kind === 'token' ? revocation.tokenId : null),
  userId: (revocation) => (revocation.kind === 'user' ? revocation.userId : null),
  all: ({ kind }) => kind === 'all',
  issuedBefore: (revocation) => (revocation.kind === 'token' ? null : revocation.issuedBefore),
};
