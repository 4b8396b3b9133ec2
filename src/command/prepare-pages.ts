// Run by `npm install` (the script `prepare`), by `npm run console` and by `npm run playground`. What fails here leaves a server
// without a page, and the server says so: it never fails the install.
import { bundlePage, PAGE_NAMES } from '../page/bundle-page.ts';

const named = process.argv.slice(2);
for (const name of PAGE_NAMES.filter((name) => named.length === 0 || named.includes(name))) {
  try {
    if (await bundlePage(name)) process.stdout.write(`The ${name} is bundled.\n`);
  } catch (error) {
    process.exitCode = 1;
    process.stderr.write(`The ${name} was not bundled, and the server goes without. ${String(error)}\n`);
  }
}
