// Run by `npm pack` (the script `prepack`): makes what the tarball holds and the repository does not. Node strips no types below
// node_modules, so the package is JavaScript with declarations in build/, each file as deep there as its source is in src/: what is
// found from a file's own place (schema.graphql, package.json, dist/) is found from both.
import { execFile } from 'node:child_process';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { BUILD_FOLDER, PACKAGE_PATH, SOURCE_PACKAGE_PATH } from './package-path.ts';
import { toPackedManifest } from './packed-manifest.ts';

const ROOT = join(import.meta.dirname, '../..');

const run = promisify(execFile);

await rm(BUILD_FOLDER, { recursive: true, force: true });
await run(join(ROOT, 'node_modules/.bin/tsc'), ['-p', 'tsconfig.build.json'], { cwd: ROOT });
// The files that `ambit init` copies stay TypeScript: they become somebody's own.
await cp(join(ROOT, 'src/init/template'), join(BUILD_FOLDER, 'init/template'), { recursive: true });
// Where there is this folder, the compiled code keeps the template of the database in it.
const templates = join(BUILD_FOLDER, 'template');
await mkdir(templates);
const { stderr } = await run(process.execPath, [join(BUILD_FOLDER, 'command/prepare-template.js')]);
if ((await readdir(templates)).length === 0) throw new Error(stderr);
// Last: only a package that is complete gets the manifest that names it. `postpack` puts the repository's back.
const manifest = await readFile(PACKAGE_PATH, 'utf8');
await writeFile(SOURCE_PACKAGE_PATH, manifest);
await writeFile(PACKAGE_PATH, toPackedManifest(manifest));
