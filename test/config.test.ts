import { describe, expect, it } from 'vitest';

import { readConfig } from '../src/config.ts';
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
  JWT_VERIFICATION_KEY: '-----BEGIN PUBLIC KEY-----hunter2',
  JWT_JWKS_URL: 'file:///etc/passwd',
  JWT_ALGORITHM: 'none',
  JWT_LEEWAY_SECONDS: '1e9',
  AMBIT_INTROSPECTION: 'on',
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
