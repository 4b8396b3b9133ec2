import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { readConfig } from '../../src/config.ts';

const ROOT = new URL('../../', import.meta.url).pathname;

const dockerfile = await read('deploy/Dockerfile');
const composed = await read('deploy/compose.yaml');

interface Service {
  readonly environment: Record<string, string>;
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly healthcheck: { readonly test: readonly string[] };
}

/** What a user gives the compose file. */
const GIVEN: Readonly<Record<string, string>> = {
  POSTGRES_PASSWORD: 'password',
  JWT_VERIFICATION_KEY: 'a secret that is longer than thirty-two characters',
  OPENAI_API_KEY: 'sk-test',
};

function read(name: string): Promise<string> {
  return readFile(join(ROOT, name), 'utf8');
}

/** Puts values in place of `${NAME:-default}` and `${NAME:?reason}`; what is missing of the latter throws, as compose refuses it. */
function compose(values: Readonly<Record<string, string>>): Record<string, Service> {
  const text = composed.replaceAll(/\$\{(\w+)(?::([-?])([^}]*))?\}/g, (_, name, kind, rest) => {
    const value = values[name] ?? '';
    if (value === '' && kind === '?') throw new Error(`${name} ${rest}`);
    return value === '' && kind === '-' ? rest : value;
  });
  // Checked below as far as it is used.
  return (parse(text, { merge: true }) as { services: Record<string, Service> }).services;
}

/** The image's own settings. */
function imageEnvironment(): Record<string, string> {
  const [, line = ''] = /^ENV (.+)$/m.exec(dockerfile) ?? [];
  return Object.fromEntries(line.split(' ').map((pair) => pair.split('=') as [string, string]));
}

/** The settings among `env` that nothing reads. */
function findUnread(env: Record<string, string>): string[] {
  const asked = new Set<PropertyKey>();
  readConfig(
    new Proxy(env, {
      get: (target, name: string) => {
        asked.add(name);
        return target[name];
      },
    }),
  );
  return Object.keys(env).filter((name) => !asked.has(name));
}

describe('the compose file', () => {
  const services = compose(GIVEN);
  const servers = Object.entries(services).filter(([name]) => name.startsWith('ambit'));

  it('starts two servers, the settings of which exist and will do', () => {
    expect(servers.map(([name]) => name)).toEqual(['ambit-1', 'ambit-2']);
    for (const [, { environment }] of servers) {
      expect(findUnread(environment)).toEqual([]);
      expect(readConfig({ ...imageEnvironment(), ...environment })).toMatchObject({
        production: true,
        http: { host: '0.0.0.0', port: 4000 },
        database: { url: 'postgres://ambit:password@postgres:5432/ambit', dataDir: null },
        model: { isOffline: false },
        jwt: { verificationKeys: [GIVEN['JWT_VERIFICATION_KEY']] },
      });
    }
  });

  it('gives the database the password that the servers have', () => {
    expect(services['postgres']?.environment).toEqual({
      POSTGRES_USER: 'ambit',
      POSTGRES_DB: 'ambit',
      POSTGRES_PASSWORD: 'password',
    });
  });

  it.each(['POSTGRES_PASSWORD', 'JWT_VERIFICATION_KEY'])('holds no %s and does not start without', (name) => {
    expect(() => compose({ ...GIVEN, [name]: '' })).toThrow(`${name} must be set`);
  });

  it('builds the image of the Dockerfile', () => {
    for (const [, { build }] of servers) {
      const context = join(ROOT, 'deploy', build?.context ?? '');
      expect(existsSync(join(context, build?.dockerfile ?? ''))).toBe(true);
    }
  });
});

describe('the Dockerfile', () => {
  it('makes settings that exist', () => {
    const env = imageEnvironment();
    expect(Object.keys(env)).toEqual(['NODE_ENV', 'HOST', 'AMBIT_DATA_DIR']);
    expect(findUnread(env)).toEqual([]);
  });

  it('copies what exists and the .dockerignore lets in', async () => {
    const ignore = (await read('.dockerignore')).trim().split('\n');
    expect(ignore[0]).toBe('*');
    const sources = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, names = '']) =>
      names.split(' '),
    );
    expect(sources).toContain('package-lock.json');
    for (const name of sources) expect(existsSync(join(ROOT, name)), name).toBe(true);
    expect(ignore.slice(1).toSorted()).toEqual(sources.map((name) => `!${name}`).toSorted());
  });

  it('runs on the Node of the repository, as a user with few rights, and is told signals itself', async () => {
    const { devDependencies } = JSON.parse(await read('package.json')) as {
      devDependencies: { node: string };
    };
    const [major] = devDependencies.node.split('.');
    const images = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, image]) => image);
    expect(images).toEqual([`node:${major}-bookworm-slim`, `node:${major}-bookworm-slim`]);
    expect(dockerfile).toMatch(/^USER 1000:1000$/m);
    expect(dockerfile).toMatch(/^ENTRYPOINT \["node", "src\/start\.js"\]$/m);
  });
});
