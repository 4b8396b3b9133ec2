import type { Revocation } from '../scope/revocation.ts';

/** A revocation, and how many runs are cancelled for it. */
export type RevocationModel = Revocation & { readonly cancelledRuns: number };
