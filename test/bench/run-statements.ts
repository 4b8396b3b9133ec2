import { setTimeout as delay } from 'node:timers/promises';

import { type CountingProxy, type DatabaseCounts, startCountingProxy } from './counting-proxy.ts';
import { toNormalStatement } from './normal-statement.ts';
import { type RunNode, startRunNode } from './run-node.ts';
import { repeat, times } from './repeat.ts';

/** What one run takes of the database, from its acceptance to its end. */
export interface RunStatements {
  readonly statements: number;
  readonly commits: number;
  readonly writingCommits: number;
  /** How often each statement is sent, as `toNormalStatement` gives it. */
  readonly byText: ReadonlyMap<string, number>;
}

interface Counted extends DatabaseCounts {
  readonly seconds: number;
}

const QUIET_MS = 3000;

/** For each of `atOnce`: what is counted while so many runs are started, without what a server does by itself meanwhile. */
export async function countRunStatements(
  url: string,
  schema: string,
  { runs, atOnce }: { readonly runs: number; readonly atOnce: readonly number[] },
): Promise<RunStatements[]> {
  await using proxy = await startCountingProxy(url);
  await using node = await startRunNode({ url, throughUrl: proxy.url, schema });
  await perform(node, 50, 8);
  const quiet = await count(proxy, () => delay(QUIET_MS));
  const found: RunStatements[] = [];
  for (const lanes of atOnce) {
    const counted = await count(proxy, () => perform(node, runs, lanes));
    found.push(toPerRun(counted, { quiet, runs, schema }));
  }
  return found;
}

async function perform(node: RunNode, runs: number, atOnce: number): Promise<void> {
  await repeat(() => node.startRun(), { atOnce, more: times(runs) });
  await node.untilFinished();
}

async function count(proxy: CountingProxy, act: () => Promise<unknown>): Promise<Counted> {
  const [before, begin] = [proxy.read(), performance.now()];
  await act();
  const after = proxy.read();
  const statements = [...after.statements].map(
    ([text, sent]) => [text, sent - (before.statements.get(text) ?? 0)] as const,
  );
  return {
    seconds: (performance.now() - begin) / 1000,
    statements: new Map(statements.filter(([, sent]) => sent > 0)),
    commits: after.commits - before.commits,
    writingCommits: after.writingCommits - before.writingCommits,
  };
}

function toPerRun(
  counted: Counted,
  { quiet, runs, schema }: { quiet: Counted; runs: number; schema: string },
): RunStatements {
  const share = counted.seconds / quiet.seconds;
  const perRun = (whole: number, idle: number): number => Math.max(0, whole - idle * share) / runs;
  const byText = new Map<string, number>();
  for (const [text, sent] of counted.statements) {
    const normal = toNormalStatement(text, schema);
    const own = perRun(sent, quiet.statements.get(text) ?? 0);
    byText.set(normal, (byText.get(normal) ?? 0) + own);
  }
  return {
    statements: [...byText.values()].reduce((sum, sent) => sum + sent, 0),
    commits: perRun(counted.commits, quiet.commits),
    writingCommits: perRun(counted.writingCommits, quiet.writingCommits),
    byText,
  };
}
