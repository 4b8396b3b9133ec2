// Run by `npm install` (the script `prepare`), so that the first start need not make a database. What fails here only costs that
// start some seconds: it never fails the install.
import { installJobQueue } from '../run/job-queue.ts';
import { preparePgliteTemplate, readPgliteTemplate } from '../store/pglite-template.ts';

const DEFAULT_SCHEMA = 'ambit';

try {
  if ((await readPgliteTemplate(DEFAULT_SCHEMA)) === null) {
    await preparePgliteTemplate(DEFAULT_SCHEMA, (database) => installJobQueue(database, DEFAULT_SCHEMA));
  }
} catch (error) {
  process.stderr.write(
    `The database template was not prepared; the first start makes one. ${String(error)}\n`,
  );
}
