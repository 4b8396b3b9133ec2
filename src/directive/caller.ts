import { type GrantSet } from '../scope/grant-set.ts';

/** Who asks, as far as rules are concerned. */
export interface Caller {
  readonly grants: GrantSet;
  /** For families of which everybody holds their own id. Left out: nobody's. */
  readonly id?: string;
}
