import { describe, expect, it } from 'vitest';

import { DATABASE_KINDS } from '../_util/test-database.ts';
import { startEngine } from './engine-fixture.ts';

describe.each(DATABASE_KINDS)('a reader on %s', (kind) => {
  it('that begins while the database is away waits for it to come back', async () => {
    await using fixture = await startEngine(kind);
    fixture.model.enqueue({ text: 'Hi.' });
    const { id } = await fixture.queue();
    fixture.engine.wake(id);
    await fixture.ended(id);
    fixture.breaker.isAway = true;
    const first = fixture.reader.tail({ runId: id, after: 0 }).next();
    fixture.breaker.isAway = false;
    expect(await first).toMatchObject({ value: { seq: 1, type: 'RunStarted' } });
  });
});
