import { describe, expect, it } from 'vitest';

import { InvalidInputError } from '../../src/errors.ts';
import { checkRunInput, checkSessionName } from '../../src/graphql/check-input.ts';

const ID = '01A20C6A-0000-7000-8000-00000000000F';

describe('the input of runAgent', () => {
  const check = (input: object) =>
    checkRunInput({
      agentId: 'bot',
      message: 'hi',
      onBusy: 'ENQUEUE',
      background: false,
      waitSeconds: 30,
      ...input,
    });

  it.each<[object, object]>([
    [{}, { agentId: 'bot', message: 'hi', sessionId: null, runId: null, waitMs: 30_000 }],
    [{ background: true, waitSeconds: 280 }, { waitMs: 0 }],
    [{ waitSeconds: 1 }, { waitMs: 1000 }],
    [
      { sessionId: null, runId: null },
      { sessionId: null, runId: null },
    ],
    [
      { sessionId: ID, runId: ID },
      { sessionId: ID.toLowerCase(), runId: ID.toLowerCase() },
    ],
    [{ message: ' x ' }, { message: ' x ' }],
    [{ message: 'x'.repeat(200_000) }, {}],
    [{ message: '\0' }, {}],
    [{}, { idempotencyKey: null, onBusy: 'ENQUEUE' }],
    [{ idempotencyKey: 'k'.repeat(255), onBusy: 'REJECT' }, { onBusy: 'REJECT' }],
    [{ idempotencyKey: ' ключ' }, { idempotencyKey: ' ключ' }],
  ])('%.60j will do', (input, checked) => {
    expect(check(input)).toMatchObject(checked);
  });

  it.each<[object, string]>([
    [{ message: '' }, 'input.message'],
    [{ message: '\u2003\n' }, 'input.message'],
    [{ message: 'x'.repeat(200_001) }, 'input.message'],
    [{ runId: '' }, 'input.runId'],
    [{ runId: `${ID}0` }, 'input.runId'],
    [{ idempotencyKey: '' }, 'input.idempotencyKey'],
    [{ idempotencyKey: 'k'.repeat(256) }, 'input.idempotencyKey'],
    [{ idempotencyKey: 'a\0' }, 'input.idempotencyKey'],
    [{ idempotencyKey: 'a\uD800' }, 'input.idempotencyKey'],
    [{ waitSeconds: 0 }, 'input.waitSeconds'],
    [{ waitSeconds: 281 }, 'input.waitSeconds'],
    [{ waitSeconds: 0, background: true }, 'input.waitSeconds'],
  ])('%.60j is refused at %s', (input, field) => {
    expect(() => check(input)).toThrow(InvalidInputError);
    expect(() => check(input)).toThrow(expect.objectContaining({ field }));
  });
});

describe('the name of a session', () => {
  it.each(['x', ' x ', 'x'.repeat(200), '名'])('%.20j will do as it is', (name) => {
    expect(checkSessionName('name', name)).toBe(name);
  });

  it.each(['', ' \t', 'x'.repeat(201)])('%.20j is refused', (name) => {
    expect(() => checkSessionName('input.name', name)).toThrow(
      expect.objectContaining({ field: 'input.name' }),
    );
  });
});
