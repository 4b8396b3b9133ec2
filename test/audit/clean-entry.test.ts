import { describe, expect, it } from 'vitest';

import { cleanEntry } from '../../src/audit/clean-entry.ts';
import { entryOf } from './audit-fixture.ts';

const UUID = '0190a7c0-0000-7000-8000-000000000001';
const SERVER_KEY = 'the-secret-of-the-server';
const options = { secrets: [SERVER_KEY, 'short', ''], isAgent: (id: string) => id === 'analyst-agent' };
const FINGERPRINT = /^sha256:[0-9a-f]{16}$/;

/** What a caller could put where it should not be. */
const FORBIDDEN: readonly string[] = [
  'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl',
  'eyJhbGciOiJIUzI1NiJ9',
  'sk-proj-0123456789abcdef',
  'sk_live_0123456789abcdef',
  'ghp_0123456789abcdefghijklmnopqrstuvwxyz',
  'AKIAIOSFODNN7EXAMPLE',
  'd41d8cd98f00b204e9800998ecf8427e',
  SERVER_KEY,
  `x${SERVER_KEY}y`,
  'My secret illness is the flu.',
  "'; drop table ambit.audit_event; --",
  'a\nb',
  'a\0b',
  'a\u001b[31mb',
  '\ud800',
  '<script>alert(1)</script>',
  'x'.repeat(1_000_000),
  'пароль',
  '',
];

describe.each(FORBIDDEN.map((text) => [text.slice(0, 40), text] as const))('%j', (_shown, text) => {
  it('is kept nowhere, but for a fingerprint', () => {
    const clean = cleanEntry(
      entryOf({
        operationName: text,
        path: [text, 0, text],
        ids: { agentId: text, runId: text, userId: text, id: text },
        required: [[`agents:${text}:run`, `users:${text}:read`]],
      }),
      options,
    );
    const json = JSON.stringify(clean);
    if (text !== '') expect(json).not.toContain(JSON.stringify(text).slice(1, -1).slice(0, 200));
    expect(json.length).toBeLessThan(1500);
    expect(clean.operationName).toMatch(FINGERPRINT);
    expect(Object.values(clean.ids)).toEqual(Array(4).fill(expect.stringMatching(FINGERPRINT)));
    expect(clean.path).toEqual(Array(2).fill(clean.operationName));
  });
});

describe('what is kept as it is', () => {
  it.each([
    'ann',
    'auth0|5f7c8ec7c33c6c004bbafe82',
    'a.b@example.com',
    'user_2NNEqL2nrIRdJ194ndJqAHwEfxC',
    UUID,
  ])('the user id %s', (userId) => {
    const clean = cleanEntry(entryOf({ ids: { userId }, required: [[`users:${userId}:erase`]] }), options);
    expect(clean.ids).toEqual({ userId });
    expect(clean.required).toEqual([[`users:${userId}:erase`]]);
  });

  it('ids that are UUIDs, and of agents that there are', () => {
    const ids = { runId: UUID, agentId: 'analyst-agent' };
    expect(cleanEntry(entryOf({ ids }), options).ids).toEqual(ids);
    expect(cleanEntry(entryOf({ ids: { agentId: 'analyst-agent2' } }), options).ids['agentId']).toMatch(
      FINGERPRINT,
    );
  });

  it('names of operations and aliases', () => {
    const clean = cleanEntry(entryOf({ operationName: 'GetAgents', path: ['first', 3, '_2'] }), options);
    expect(clean).toMatchObject({ operationName: 'GetAgents', path: ['first', '_2'] });
  });

  it.each(['agents:read', 'agents:<id>:run', 'agents:*:run', 'agent_os:admin', 'root of all'])(
    'the requirement %s',
    (scope) => {
      expect(cleanEntry(entryOf({ required: [[scope]] }), options).required).toEqual([[scope]]);
    },
  );

  it('the sub and the grants of the token, bounded and printable', () => {
    const long = `agents:${'x'.repeat(1000)}\u0007:run`;
    const clean = cleanEntry(entryOf({ userId: 'a\tb\u0000', grants: ['agents:*:run', long] }), options);
    expect(clean.userId).toBe('a b\uFFFD');
    expect(clean.grants[0]).toBe('agents:*:run');
    expect(clean.grants[1]).toHaveLength(200);
  });
});

it('the number of everything is bounded', () => {
  const many = Array.from({ length: 1000 }, (_, n) => `k${n}`);
  const clean = cleanEntry(
    entryOf({
      path: many,
      ids: Object.fromEntries(many.map((name) => [name, UUID])),
      required: many.map(() => many),
      grants: many,
      reason: 'r'.repeat(5000),
      field: 'f'.repeat(5000),
    }),
    options,
  );
  expect(JSON.stringify(clean).length).toBeLessThan(4000);
});
