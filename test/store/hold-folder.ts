// A process of its own for open-database.test.ts: opens the folder of its first argument, says "open" and writes sessions one
// after the other, saying each one's id once it is stored, until it is killed; or says the error's message and ends.
import { createLogger } from '../../src/lib/logger.ts';
import { uuidV7 } from '../../src/lib/uuid-v7.ts';
import { openDatabase } from '../../src/store/open-database.ts';
import { insertSession } from '../../src/store/session.ts';

const config = { url: null, directUrl: null, dataDir: process.argv[2] ?? '', poolSize: 1, schema: 'ambit' };
try {
  const database = await openDatabase(config, { log: createLogger('error') });
  process.stdout.write('open\n');
  for (;;) {
    const id = uuidV7();
    const now = new Date();
    await insertSession(database.db, { id, agentId: 'agent', owner: 'ada', name: 'x'.repeat(500), now });
    process.stdout.write(`${id}\n`);
  }
} catch (error) {
  process.stdout.write(`${error instanceof Error ? error.message : String(error)}\n`);
}
