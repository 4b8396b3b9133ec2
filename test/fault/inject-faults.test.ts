import { expect, inject, it } from 'vitest';

import { createTestDatabase } from '../_util/test-database.ts';
import { findFaults } from './find-faults.ts';
import { injectFaults } from './inject-faults.ts';

it.runIf(inject('postgres') !== null)(
  'runs on two servers that are killed, stopped and frozen end truly, and their readers see every event once',
  async () => {
    await using database = await createTestDatabase('postgres');
    const report = await injectFaults({
      databaseUrl: database.config.url ?? '',
      nodes: 2,
      durationMs: 12_000,
      runs: 4,
      seed: 1,
    });
    expect(report.faults).toEqual([]);
    const { counts, evidence } = report;
    expect(counts.runs).toBeGreaterThan(0);
    expect(counts.injected.SIGKILL).toBeGreaterThan(0);
    // What is taken away by hand is missed.
    expect(findFaults({ ...evidence, log: evidence.log.toSpliced(3, 1) })).not.toEqual([]);
    expect(findFaults({ ...evidence, runs: evidence.runs.slice(1) })).not.toEqual([]);
    expect(
      findFaults({ ...evidence, effects: [...evidence.effects, evidence.effects[0] ?? ''] }),
    ).not.toEqual([]);
  },
  180_000,
);
