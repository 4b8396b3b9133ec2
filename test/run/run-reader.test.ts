import { describe, expect, it } from 'vitest';

import { createRunReader } from '../../src/run/run-reader.ts';
import { DATABASE_KINDS } from '../_util/test-database.ts';
import { startEngine } from './engine-fixture.ts';

describe.each(DATABASE_KINDS)('a reader on %s', (kind) => {
  it('that begins while the database is away waits for it to come back', async () => {
    await using fixture = await startEngine(kind);
    fixture.model.enqueue({ text: 'Hi.' });
    const { id } = await fixture.queue();
    fixture.engine.wake(id);
    await fixture.ended(id);
    let queries = 0;
    // The first query fails.
    Object.defineProperty(fixture.breaker, 'isAway', { get: () => (queries += 1) === 1 });
    const first = await createRunReader(fixture.parts.db, fixture.hub).tail({ runId: id, after: 0 }).next();
    expect(first).toMatchObject({ value: { seq: 1, type: 'RunStarted' } });
    expect(queries).toBeGreaterThan(1);
  });
});
