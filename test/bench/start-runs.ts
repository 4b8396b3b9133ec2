import { mapInBatches } from './map-in-batches.ts';
import { type ReadingTarget } from './reading-target.ts';

const AT_ONCE = 50;
/** So long a run goes on at least, from its start. */
const RUN_MS = 60_000;

export interface StartRunsOptions {
  readonly runs: number;
  readonly tokensPerSecond: number;
}

/** Starts runs that outlast what is measured, on each of the servers in turn; their ids. */
export async function startRuns(
  targets: readonly Pick<ReadingTarget, 'start'>[],
  { runs, tokensPerSecond }: StartRunsOptions,
): Promise<string[]> {
  const intervalMs = 1000 / tokensPerSecond;
  const answer = { tokens: RUN_MS / intervalMs, intervalMs, padding: 0 };
  const turns = Array.from({ length: Math.ceil(runs / targets.length) }, () => targets).flat();
  return await mapInBatches(turns.slice(0, runs), AT_ONCE, (target) => target.start(answer));
}
