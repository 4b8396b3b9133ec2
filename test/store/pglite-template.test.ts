import { spawnSync } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { createLogger } from '../../src/lib/logger.ts';
import { openDatabase } from '../../src/store/open-database.ts';
import { preparePgliteTemplate, readPgliteTemplate } from '../../src/store/pglite-template.ts';
import { createTempFolder } from './temp-folder.ts';

describe('the PGlite template', () => {
  test('is found by what it was made from, and one that is damaged is done without', async () => {
    const schema = `template_${process.pid}`;
    expect(await readPgliteTemplate(schema)).toBeNull();
    const path = await preparePgliteTemplate(schema, async () => undefined);
    try {
      expect(await readPgliteTemplate(schema)).not.toBeNull();
      expect(await readPgliteTemplate(`${schema}_other`)).toBeNull();
      const whole = await readFile(path);
      await using temp = await createTempFolder();
      for (const [name, bytes] of [
        ['garbage', Buffer.from('garbage')],
        ['cut', whole.subarray(0, whole.length / 2)],
      ] as const) {
        await writeFile(path, bytes);
        const config = { url: null, directUrl: null, dataDir: join(temp.path, name), poolSize: 1, schema };
        await using database = await openDatabase(config, { log: createLogger('silent') });
        expect(await database.db.selectFrom('session').selectAll().execute()).toEqual([]);
      }
    } finally {
      await rm(path);
    }
  });

  test('is prepared by a script that says nothing when there is nothing to do', () => {
    const script = join(import.meta.dirname, '../../src/command/prepare-template.ts');
    const { status, stderr, stdout } = spawnSync(process.execPath, [script], { encoding: 'utf8' });
    expect({ status, stderr, stdout }).toEqual({ status: 0, stderr: '', stdout: '' });
  });
});
