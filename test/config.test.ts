import { describe, expect, it } from 'vitest';

import { findUnreadSettings, readConfig, readSearchConfig } from '../src/config.ts';
import { keyOf } from './_util/keys.ts';

const rsa = keyOf('RS256').verification.trim();
const ec = keyOf('ES256').verification.trim();

/** A value of each setting that will not do. */
const unfit = {
  PORT: '0x50',
  CORS_ORIGINS: 'https://app.example/path',
  LOG_LEVEL: 'loud',
  DATABASE_URL: 'mysql://u:hunter2@db/x',
  DATABASE_DIRECT_URL: 'memory',
  DATABASE_POOL_SIZE: '0',
  DATABASE_SCHEMA: 'a"; drop schema public; --',
  OPENAI_BASE_URL: 'https://u:hunter2@models.example/v1',
  AMBIT_MAX_RUNS: '-1',
  AMBIT_USER_MAX_RUNS: 'many',
  AMBIT_USER_RUNS_PER_MINUTE: '-1',
  AMBIT_MODEL_TRIES: '0',
  AMBIT_COMPACT_AFTER_MINUTES: '1.5',
  AMBIT_EVENT_DAYS: '-1',
  AMBIT_RUN_DAYS: 'never',
  AMBIT_AUDIT_DAYS: '-1',
  JWT_VERIFICATION_KEY: '-----BEGIN PUBLIC KEY-----hunter2',
  JWT_JWKS_URL: 'file:///etc/passwd',
  JWT_ALGORITHM: 'none',
  JWT_LEEWAY_SECONDS: '1e9',
  AMBIT_INTROSPECTION: 'on',
  AMBIT_METRICS: 'yes',
};

function readKeys(text: string): readonly string[] {
  return readConfig({ JWT_VERIFICATION_KEY: text }).jwt.verificationKeys;
}

describe('JWT_VERIFICATION_KEY', () => {
  it.each<[string, string, string[]]>([
    ['unset', '', []],
    ['blank', ' \n', []],
    ['one secret', 'secret', ['secret']],
    ['secrets', 'new,old', ['new', 'old']],
    ['secrets with white space around', ' new , old\n', ['new', 'old']],
    ['one PEM block', rsa, [rsa]],
    ['PEM blocks', `${rsa}\n${ec}\n`, [rsa, ec]],
    ['PEM blocks with a comma between', `${rsa},${ec}`, [rsa, ec]],
    ['a PEM block with its line ends written out', rsa.replaceAll('\n', String.raw`\n`), [rsa]],
  ])('may be %s', (_, text, keys) => {
    expect(readKeys(text)).toEqual(keys);
  });

  it.each<[string, string]>([
    ['a comma', ','],
    ['commas and white space', ' , ,'],
    ['a PEM block cut short', rsa.slice(0, 200)],
    ['a secret beside a PEM block', `secret,${rsa}`],
    ['a PEM block beside a secret', `${rsa},secret`],
  ])('is refused as %s: the server would go without a key it was given', (_, text) => {
    expect(() => readKeys(text)).toThrow(TypeError);
    expect(() => readKeys(text)).toThrow(/^JWT_VERIFICATION_KEY /);
  });
});

describe('settings', () => {
  it.each([['production'], ['production '], [' production\n']])('NODE_ENV=%j is production', (text) => {
    expect(readConfig({ NODE_ENV: text }).production).toBe(true);
  });

  it('an empty value and white space count as unset, for every setting', () => {
    const names = Object.keys(unfit);
    for (const blank of ['', ' ', '\t\n'])
      expect(readConfig(Object.fromEntries(names.map((name) => [name, blank])))).toEqual(readConfig({}));
  });

  it.each(Object.entries(unfit))('%s is refused as %j, with a sentence without the value', (name, text) => {
    const read = () => readConfig({ [name]: text });
    expect(read).toThrow(TypeError);
    expect(read).toThrow(new RegExp(`^${name} `));
    expect(read).not.toThrow(/hunter2/);
  });
});

describe('SEARCH_PROVIDER', () => {
  it('is duckduckgo, at its own address and without a key, unless set', () => {
    expect(readConfig({}).search).toEqual({ provider: 'duckduckgo', apiKey: null, baseUrl: null });
  });

  it('is read for app files without the other settings', () => {
    const env = {
      PORT: 'x',
      SEARCH_PROVIDER: 'brave',
      SEARCH_API_KEY: 'k',
      SEARCH_BASE_URL: 'http://s.example',
    };
    expect(readSearchConfig(env)).toEqual({ provider: 'brave', apiKey: 'k', baseUrl: 'http://s.example' });
  });

  it.each<[Record<string, string>, RegExp]>([
    [{ SEARCH_PROVIDER: 'bing' }, /^SEARCH_PROVIDER must be one of duckduckgo, brave, tavily/],
    [{ SEARCH_PROVIDER: 'tavily' }, /^SEARCH_API_KEY must be set with SEARCH_PROVIDER tavily/],
    [{ SEARCH_PROVIDER: 'brave', SEARCH_API_KEY: 'k\nx' }, /^SEARCH_API_KEY must be printable ASCII/],
    [{ SEARCH_BASE_URL: 'http://ann:pw@s.example' }, /^SEARCH_BASE_URL must not hold a user name/],
    [{ SEARCH_BASE_URL: 'file:///etc' }, /^SEARCH_BASE_URL must be a URL/],
  ])('%j is refused', (env, sentence) => {
    expect(() => readConfig(env)).toThrow(TypeError);
    expect(() => readConfig(env)).toThrow(sentence);
  });
});

describe('OPENAI_API_KEY and OPENAI_BASE_URL', () => {
  it.each<[Record<string, string>, boolean]>([
    [{}, true],
    [{ OPENAI_API_KEY: ' ', OPENAI_BASE_URL: '' }, true],
    [{ OPENAI_API_KEY: 'sk' }, false],
    [{ OPENAI_BASE_URL: 'http://127.0.0.1:11434/v1' }, false],
    [{ NODE_ENV: 'production' }, false],
  ])('%j: the offline model answers: %s', (env, isOffline) => {
    expect(readConfig(env).model.isOffline).toBe(isOffline);
  });
});

describe('findUnreadSettings', () => {
  it('names what looks like a setting and is read by nothing', () => {
    const env = { AMBIT_MODLE: 'x', JWT_AUDIENCE: 'us', AMBIT_URL: 'http://x', AMBIT_TOKEN: 'x', HOME: '/' };
    expect(findUnreadSettings(env)).toEqual(['AMBIT_MODLE']);
    expect(findUnreadSettings({ AMBIT_DATA_DIR: 'x' })).toEqual([]);
    // The folder is that of the embedded database.
    expect(findUnreadSettings({ AMBIT_DATA_DIR: 'x', DATABASE_URL: 'postgres://x' })).toEqual([
      'AMBIT_DATA_DIR',
    ]);
  });
});
