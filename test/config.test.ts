import { describe, expect, it } from 'vitest';

import { readConfig } from '../src/config.ts';
import { keyOf } from './_util/keys.ts';

const rsa = keyOf('RS256').verification.trim();
const ec = keyOf('ES256').verification.trim();

function readKeys(text: string): readonly string[] {
  return readConfig({ JWT_VERIFICATION_KEY: text }).jwt.verificationKeys;
}

describe('JWT_VERIFICATION_KEY', () => {
  it.each<[string, string, string[]]>([
    ['unset', '', []],
    ['blank', ' \n', []],
    ['one secret', 'secret', ['secret']],
    ['secrets', 'new,old', ['new', 'old']],
    ['one PEM block', rsa, [rsa]],
    ['PEM blocks', `${rsa}\n${ec}\n`, [rsa, ec]],
    ['PEM blocks with a comma between', `${rsa},${ec}`, [rsa, ec]],
    ['a PEM block with its line ends written out', rsa.replaceAll('\n', String.raw`\n`), [rsa]],
  ])('may be %s', (_, text, keys) => {
    expect(readKeys(text)).toEqual(keys);
  });

  it.each<[string, string]>([
    ['a comma', ','],
    ['a PEM block cut short', rsa.slice(0, 200)],
    ['a secret beside a PEM block', `secret,${rsa}`],
    ['a PEM block beside a secret', `${rsa},secret`],
  ])('is refused as %s: the server would go without a key it was given', (_, text) => {
    expect(() => readKeys(text)).toThrow(TypeError);
    expect(() => readKeys(text)).toThrow(/^JWT_VERIFICATION_KEY /);
  });
});
