import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const SRC = new URL('../src/', import.meta.url).pathname;

/** The level of each part: imports go to smaller ones only, or stay inside the part. */
const LEVELS: Readonly<Record<string, number>> = {
  errors: 0,
  lib: 1,
  config: 1,
  scope: 2,
  client: 2,
  trace: 2,
  metric: 2,
  health: 2,
  auth: 3,
  directive: 3,
  agent: 3,
  store: 3,
  event: 4,
  audit: 4,
  run: 5,
  // An endpoint that run/ talks to over HTTP, as to any other: neither knows the other.
  offline: 5,
  // What both pages of ours are made and served with.
  page: 5,
  graphql: 6,
  playground: 6,
  console: 6,
  http: 7,
  app: 8,
  index: 9,
  demo: 9,
  init: 9,
  package: 9,
  command: 10,
  cli: 11,
};

/** Where each vendor may be imported. */
const OWNERS: Readonly<Record<string, readonly string[]>> = {
  pino: ['lib'],
  jose: ['auth'],
  graphql: ['directive', 'graphql', 'http', 'playground', 'client'],
  '@graphql-tools/utils': ['directive'],
  '@graphql-tools/schema': ['graphql'],
  dataloader: ['graphql'],
  zod: ['agent', 'demo'],
  htmlparser2: ['agent'],
  kysely: ['store'],
  pg: ['store'],
  '@electric-sql/pglite': ['store'],
  'eventsource-parser': ['run', 'client'],
  openai: ['run'],
  'pg-boss': ['run'],
  '@copilotkit/aimock': ['offline'],
  '@apollo/server': ['http'],
  'graphql-ws': ['http', 'playground', 'client'],
  ws: ['http'],
  'proxy-addr': ['http'],
  'ipaddr.js': ['http'],
  graphiql: ['playground'],
  '@graphiql/plugin-doc-explorer': ['playground'],
  '@graphiql/react': ['playground'],
  '@graphiql/toolkit': ['playground'],
  '@opentelemetry/api': ['trace'],
  '@opentelemetry/context-async-hooks': ['trace'],
  '@opentelemetry/core': ['trace'],
  '@opentelemetry/exporter-trace-otlp-proto': ['trace'],
  '@opentelemetry/resources': ['trace'],
  '@opentelemetry/sdk-trace': ['trace'],
  'prom-client': ['metric'],
  react: ['page', 'playground', 'console'],
  'react-dom': ['playground', 'console'],
  vite: ['page'],
  // The app files of the demo are written as anybody's.
  ambit: ['demo'],
};

/** The package's public faces. */
const FACES = new Set(['index.ts', 'client.ts', 'client/generated/index.ts']);

/** What the bundler makes pages of. */
const PAGES = ['playground/page/', 'console/page/', 'page/browser/'];
/** For browsers and servers alike. */
const ANYWHERE = ['client/'];

/** Vendors that a single file stands for. */
const IN_ONE_FILE = ['openai', 'pg-boss'];

interface Import {
  readonly file: string;
  readonly target: string;
  readonly isType: boolean;
}

/** What becomes somebody's own project: written as anybody's. */
const TEMPLATE = 'init/template/';

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter(
  (file) => /\.tsx?$/.test(file) && !file.startsWith(TEMPLATE),
);
const imports = files.flatMap(readImports);
const local = imports.filter(({ target }) => target.startsWith('.'));
const vendors = imports.filter(({ target }) => !target.startsWith('.') && !target.startsWith('node:'));

describe('imports', () => {
  it('are found at all', () => {
    expect(files.length).toBeGreaterThan(50);
    expect(local.length).toBeGreaterThan(100);
    expect(vendors.length).toBeGreaterThan(20);
  });

  it('name a part whose level is declared', () => {
    expect(files.map(partOf).filter((part) => LEVELS[part] === undefined)).toEqual([]);
  });

  it('go downwards only, never to another part on the same level', () => {
    const upward = local.filter(({ file, target }) => {
      const [from, to] = [partOf(file), partOf(resolve(file, target))];
      return from !== to && !(levelOf(to) < levelOf(from));
    });
    expect(upward.map(show)).toEqual([]);
  });

  it('make no cycle between files, those of types included', () => {
    expect(findCycle()).toEqual([]);
  });

  it('name files, with their ending', () => {
    expect(local.filter(({ target }) => !/\.(?:tsx?|css|svg)$/.test(target)).map(show)).toEqual([]);
  });

  it('reach a vendor only in the folder that owns it', () => {
    const stray = vendors.filter(({ file, target }) => !OWNERS[vendorOf(target)]?.includes(partOf(file)));
    expect(stray.map(show)).toEqual([]);
  });

  it('keep the pages, which are for browsers, and what serves them apart', () => {
    const isIn = (folders: readonly string[], file: string) => folders.some((one) => file.startsWith(one));
    const crossing = local.filter(({ file, target }) => {
      const [from, to] = [isIn(PAGES, file), resolve(file, target)];
      return from ? !isIn([...PAGES, ...ANYWHERE], to) : isIn(PAGES, to);
    });
    expect(crossing.map(show)).toEqual([]);
    const strangers = imports.filter(
      ({ file, target }) => isIn([...PAGES, ...ANYWHERE], file) && target.startsWith('node:'),
    );
    expect(strangers.map(show)).toEqual([]);
  });

  it('of the client library are what browsers have, and nothing else of ours', () => {
    const own = imports.filter(({ file }) => partOf(file) === 'client');
    expect(own.length).toBeGreaterThan(20);
    const foreign = own.filter(
      ({ file, target }) =>
        target.startsWith('node:') || (target.startsWith('.') && partOf(resolve(file, target)) !== 'client'),
    );
    expect(foreign.map(show)).toEqual([]);
    expect(
      files.filter((file) => partOf(file) === 'client' && /\bprocess\b|Buffer\b/.test(read(file))),
    ).toEqual([]);
  });

  it.each(IN_ONE_FILE)('reach %s from one file', (vendor) => {
    const from = new Set(
      vendors
        .filter(({ target }) => vendorOf(target) === vendor && !target.includes('/resources'))
        .map(({ file }) => file),
    );
    expect(from.size).toBe(1);
  });
});

describe('files', () => {
  it('are no barrels: only the public face exports what others define', () => {
    const barrels = files.filter(
      (file) => !FACES.has(file) && /^export (\*|\{[^}]*\}) from/m.test(read(file)),
    );
    expect(barrels).toEqual([]);
  });

  // In quotes it is a name for the bundler.
  it('read the environment in one place, and in the commands that are clients', () => {
    const readers = files.filter((file) => /(?<!')process\.env/.test(read(file)));
    expect(readers.toSorted()).toEqual(['command/server-address.ts', 'config.ts']);
  });

  it('use no syntax that the oldest supported Node lacks', () => {
    expect(
      files.filter((file) =>
        /^\s*(await )?using \w+ =|Promise\.try\(|new AsyncDisposableStack/m.test(read(file)),
      ),
    ).toEqual([]);
  });
});

function read(file: string): string {
  return readFileSync(join(SRC, file), 'utf8');
}

function readImports(file: string): Import[] {
  if (file.includes('generated/')) return [];
  const text = read(file);
  const statements = text.matchAll(/^(?:import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?'([^']+)'/gm);
  const dynamic = text.matchAll(/import\('([^']+)'\)/g);
  return [
    ...[...statements].map(([, type, target = '']) => ({ file, target, isType: type !== undefined })),
    ...[...dynamic].map(([, target = '']) => ({ file, target, isType: false })),
  ];
}

function resolve(file: string, target: string): string {
  return relative(SRC, join(SRC, dirname(file), target));
}

function partOf(file: string): string {
  return file.includes('/') ? file.slice(0, file.indexOf('/')) : file.replace(/\.ts$/, '');
}

function levelOf(part: string): number {
  return LEVELS[part] ?? Number.NaN;
}

function vendorOf(target: string): string {
  return target
    .split('/')
    .slice(0, target.startsWith('@') ? 2 : 1)
    .join('/');
}

function show({ file, target }: Import): string {
  return `${file} → ${target}`;
}

/** The first cycle that a depth-first walk meets, or none. */
function findCycle(): string[] {
  const edges = Map.groupBy(local, ({ file }) => file);
  const finished = new Set<string>();
  const walk = (file: string, path: readonly string[]): string[] => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (finished.has(file)) return [];
    for (const { target } of edges.get(file) ?? []) {
      const cycle = walk(resolve(file, target), [...path, file]);
      if (cycle.length > 0) return cycle;
    }
    finished.add(file);
    return [];
  };
  return files.map((file) => walk(file, [])).find((cycle) => cycle.length > 0) ?? [];
}
