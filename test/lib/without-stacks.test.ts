import { expect, test } from 'vitest';

import { withoutStacks } from '../../src/lib/without-stacks.ts';

test('errors made within say no place, those made after do', () => {
  expect(withoutStacks(() => new Error('denied')).stack).toBe('Error: denied');
  expect(new Error('a mistake').stack).toContain('without-stacks.test');
});

test('what is thrown within changes nothing for later ones', () => {
  const fail = () => {
    throw new Error('denied');
  };
  expect(() => withoutStacks(fail)).toThrow('denied');
  expect(new Error('a mistake').stack).toContain('without-stacks.test');
});
