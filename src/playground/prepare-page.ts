// Run by `npm install` (the script `prepare`) and by `npm run playground`. What fails here leaves a server without a playground,
// and the server says so: it never fails the install.
import { bundlePage } from './bundle-page.ts';

try {
  if (await bundlePage()) process.stdout.write('The playground is bundled.\n');
} catch (error) {
  process.exitCode = 1;
  process.stderr.write(`The playground was not bundled, and the server goes without. ${String(error)}\n`);
}
