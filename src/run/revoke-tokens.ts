import type { RevocationList } from '../scope/revocation-list.ts';
import type { Revocation } from '../scope/revocation.ts';
import { storeRevocation } from '../store/revocation.ts';
import { markRevokedRuns } from '../store/revoked-run.ts';
import type { Db } from '../store/tables.ts';
import type { Notifier } from './notifier.ts';
import type { RunEngine } from './run-engine.ts';

export interface RevokeOptions {
  readonly db: Db;
  readonly list: RevocationList;
  readonly notifier: Pick<Notifier, 'tellRevocations'>;
  readonly engine: Pick<RunEngine, 'endCancelled'>;
  readonly now: () => Date;
}

/**
 * Revokes tokens for good, and gives how many open runs of theirs are cancelled for it. 1. In one transaction the revocation is stored
 * and the runs are marked: nothing that happens to this process afterwards leaves one of them without the other, and no run
 * that is marked is claimed again. 2. This process knows it, which closes sockets and ends requests. 3. Others are told; who is not, finds
 * it. 4. Runs that are executed here are aborted, and those that wait are ended.
 * @throws UnavailableError when the database is away.
 */
export async function revokeTokens(
  { db, list, notifier, engine, now }: RevokeOptions,
  revocation: Revocation,
  revokedBy: string,
): Promise<number> {
  const at = now();
  const runs = await db.transaction().execute(async (trx) => {
    await storeRevocation(trx, revocation, { revokedBy, now: at });
    return await markRevokedRuns(trx, revocation, at);
  });
  list.add([revocation]);
  notifier.tellRevocations();
  if (runs > 0) await engine.endCancelled();
  return runs;
}
