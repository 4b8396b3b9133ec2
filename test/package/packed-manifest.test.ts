import { expect, it } from 'vitest';

import { toPackedManifest } from '../../src/package/packed-manifest.ts';

it('names what is compiled, and leaves out what is for development', () => {
  const manifest = {
    name: 'ambit',
    version: '1.2.3',
    exports: {
      '.': './src/index.ts',
      './client': { default: './src/client.ts' },
      './schema': './schema.graphql',
    },
    bin: { ambit: './src/start.js' },
    scripts: { prepare: 'x' },
    files: ['build'],
    dependencies: { a: '1.0.0' },
    devDependencies: { b: '1.0.0' },
  };
  expect(JSON.parse(toPackedManifest(JSON.stringify(manifest)))).toEqual({
    name: 'ambit',
    version: '1.2.3',
    exports: {
      '.': './build/index.js',
      './client': { default: './build/client.js' },
      './schema': './schema.graphql',
    },
    bin: { ambit: './build/start.js' },
    files: ['build'],
    dependencies: { a: '1.0.0' },
  });
});
