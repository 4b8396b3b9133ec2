import { describe, expect, it } from 'vitest';

import { uuidV7 } from '../../src/lib/uuid-v7.ts';
import { anonymizeDecisions } from '../../src/store/erase-guest.ts';
import { createTestDatabase, DATABASE_KINDS } from '../_util/test-database.ts';
import { StoreFixture } from './store-fixture.ts';

describe.each(DATABASE_KINDS)('erasing a guest on %s', (kind) => {
  it('takes the name and the note out of decisions, and leaves those of others', async () => {
    await using database = await createTestDatabase(kind);
    const { db } = database;
    const run = await new StoreFixture(database).running();
    const decide = async (decided_by: string): Promise<void> => {
      await db
        .insertInto('approval')
        .values({
          id: uuidV7(),
          run_id: run.id,
          tool_call_id: uuidV7(),
          agent_id: run.agentId,
          kind: 'CALL',
          tool_name: 'send',
          arguments_digest: 'digest',
          four_eyes: false,
          status: 'REFUSED',
          requested_at: new Date(),
          expires_at: new Date(),
          decided_by,
          note: `${decided_by} says no`,
        })
        .execute();
    };
    for (const name of ['bob', 'ann', 'bob', 'bob']) await decide(name);
    expect(await anonymizeDecisions(db, { userId: 'bob', limit: 2 })).toBe(2);
    expect(await anonymizeDecisions(db, { userId: 'bob', limit: 2 })).toBe(1);
    expect(await anonymizeDecisions(db, { userId: 'bob', limit: 2 })).toBe(0);
    const left = await db
      .selectFrom('approval')
      .select(['decided_by', 'note'])
      .orderBy('decided_by', 'desc')
      .execute();
    const nobody = { decided_by: '', note: null };
    expect(left).toEqual([{ decided_by: 'ann', note: 'ann says no' }, nobody, nobody, nobody]);
  });
});
