#!/usr/bin/env node
// Plain JavaScript, so that a Node which is too old for the rest can still say so.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major > 22 || (major === 22 && minor >= 18)) {
  await import('./cli.ts');
} else {
  process.stderr.write(
    `Ambit needs Node 22.18 or later, and this is ${process.version}. In the repository the right one is installed with the packages: use npm start, and npm run ambit -- … for the other commands.\n`,
  );
  process.exitCode = 1;
}
