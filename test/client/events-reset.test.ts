import { describe, expect, it } from 'vitest';

import { type AmbitRunEvent, applyEvent, emptyTranscript } from '../../src/client.ts';
import { createLogger } from '../../src/lib/logger.ts';
import { openDatabase } from '../../src/store/open-database.ts';
import { compactLogs, dropLogs } from '../../src/store/retain.ts';
import { DATABASE_KINDS } from '../_util/test-database.ts';
import { createClient, enqueueSum, readAll, SCOPES, startBot } from './client-fixture.ts';

const read = (events: readonly AmbitRunEvent[]) => events.reduce(applyEvent, emptyTranscript());

// A second connection to the database does here what retention does in time.
describe.runIf(DATABASE_KINDS.includes('postgres'))('a reader whose cursor', () => {
  it('is inside of what was joined since is told so, and all anew; of what was deleted only the end is left', async () => {
    await using server = await startBot({ kind: 'postgres', intervalMs: 30 });
    await using database = await openDatabase(server.config.database, { log: createLogger('silent') });
    await using client = createClient({
      url: `${server.app.url}/graphql`,
      token: await server.token('ann', SCOPES),
    });
    enqueueSum(server);
    const run = client.runAgent({ agentId: 'bot', message: 'What is 1 + 2?' });
    const whole = await readAll(run);
    const lastText = whole.findLast(({ __typename }) => __typename === 'TextDelta')?.seq ?? 0;
    const after = lastText - 1;
    expect(whole.find(({ seq }) => seq === after)?.__typename).toBe('TextDelta');
    const batch = { before: new Date(Date.now() + 60_000), limit: 10 };

    expect(await database.db.transaction().execute((trx) => compactLogs(trx, batch))).toBe(1);
    const known = whole.filter(({ seq }) => seq <= after);
    const joined = await readAll(client.resumeRun(run.id, { after }));
    expect(joined[0]).toEqual({ __typename: 'EventsReset', runId: run.id, seq: 0 });
    const { messages } = read(whole);
    expect(read([...known, ...joined]).messages.map(({ text }) => text)).toEqual(
      messages.map(({ text }) => text),
    );
    expect(read([...known, ...joined]).run).toEqual(read(whole).run);

    expect(await database.db.transaction().execute((trx) => dropLogs(trx, batch))).toBe(1);
    const left = await readAll(client.resumeRun(run.id));
    expect(left.map(({ __typename }) => __typename)).toEqual(['EventsReset', 'RunFinished']);
    expect(read(left)).toMatchObject({ hasGap: true, messages: [{ text: 'The sum of the two is three.' }] });
    expect(read(left).toolCalls).toMatchObject([{ name: 'add', status: 'COMPLETED', result: { sum: 3 } }]);
  });
});
