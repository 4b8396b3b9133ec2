// Run by `npm pack` (the script `postpack`): the repository is again as it was.
import { rename, rm } from 'node:fs/promises';

import { BUILD_FOLDER, PACKAGE_PATH, SOURCE_PACKAGE_PATH } from './package-path.ts';

await rename(SOURCE_PACKAGE_PATH, PACKAGE_PATH);
await rm(BUILD_FOLDER, { recursive: true, force: true });
