import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');

/** What the package's code is compiled into. There only while it is packed. */
export const BUILD_FOLDER = join(ROOT, 'build');

export const PACKAGE_PATH = join(ROOT, 'package.json');

/** Where the repository's package.json waits while the package's stands in its place. */
export const SOURCE_PACKAGE_PATH = join(ROOT, 'package.source.json');
