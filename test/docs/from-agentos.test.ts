import { type ConstDirectiveNode, isInterfaceType, Kind } from 'graphql';
import { describe, expect, it } from 'vitest';

import { createTokenVerifier } from '../../src/auth/token-verifier.ts';
import { jwtConfig, keyOf, signToken } from '../_util/keys.ts';
import { catalogue, contract, isOwnName, isOwnScope, operations } from '../_util/own-names.ts';
import { readPage } from '../_util/pages.ts';
import { readSpans, readTables, type Table } from '../_util/tables.ts';

const page = await readPage('docs/from-agentos.md');
const tables = readTables(page.text);

/** What the column of this server may name beside what it has: claims, values and commands. */
const WORDS = [
  'sub',
  'aud',
  'iss',
  'iat',
  'principal',
  'scope',
  'true',
  'other',
  '127.0.0.1',
  'postgres://…',
];
const COMMANDS = ['ambit migrate', 'ambit token'];

/** The cells that speak of this server, each with the first of its row. */
function ownCells({ heads, rows }: Table): [row: string, cell: string][] {
  const columns = heads.flatMap((head, column) => (head.startsWith('Ambit') ? [column] : []));
  return rows.flatMap((row) => columns.map((column): [string, string] => [row[0] ?? '', row[column] ?? '']));
}

const cells = tables.flatMap(ownCells).filter(([, cell]) => readSpans(cell).length > 0);
const spans = cells.flatMap(([, cell]) => readSpans(cell));

describe('the page for who comes from AgentOS', () => {
  it.each(cells)('beside %s names what there is: %s', (_row, cell) => {
    const names = readSpans(cell).filter((span) => ![...WORDS, ...COMMANDS].includes(span));
    expect(names.filter((name) => !isOwnName(name))).toEqual([]);
  });

  it('says of each operation which scopes it asks for', () => {
    const rows = tables.find(({ heads }) => heads.includes("Ambit's scope"))?.rows ?? [];
    const told = rows
      .map(([, , operation = '', scopes = '']) => ({ name: toName(operation), scopes: readSpans(scopes) }))
      .filter(({ name }) => operations.has(name));
    expect(told.length).toBeGreaterThan(20);
    expect(told).toEqual(told.map(({ name }) => ({ name, scopes: scopesOf(name) })));
  });

  it('has every operation, event and scope of this server', () => {
    const runEvent = contract.getType('RunEvent');
    const events = isInterfaceType(runEvent) ? contract.getPossibleTypes(runEvent) : [];
    const names = [...operations.keys(), ...events.map(({ name }) => name), ...catalogue.list()];
    const told = new Set(spans.map((span) => span.replace(/\(.*/, '')));
    expect(names.filter((name) => !told.has(name))).toEqual([]);
    expect(events.length).toBeGreaterThan(5);
  });

  it('shows a token that is good here, for what it says', async () => {
    const { code = '' } = page.blocks.find(({ language }) => language === 'json') ?? {};
    const claims = JSON.parse(code) as { sub: string; iat: number; scopes: string[] };
    const key = keyOf('RS256');
    const now = (): Date => new Date((claims.iat + 60) * 1000);
    const verifier = await createTokenVerifier(jwtConfig({ verificationKeys: [key.verification] }), { now });
    const { id, grants } = await verifier.verify(await signToken(key, claims));
    expect(id).toBe(claims.sub);
    const asked = [
      'agents:x:read',
      'agents:analyst-agent:run',
      'sessions:read',
      'agents:x:run',
      'users:x:read',
    ];
    expect(asked.filter((scope) => grants.allowsText(scope))).toEqual(asked.slice(0, 3));
    expect(claims.scopes.filter((scope) => !isOwnScope(scope))).toEqual(['teams:read']);
  });
});

function toName(operation: string): string {
  return readSpans(operation)[0]?.replace(/\(.*/, '') ?? '';
}

/** The scopes that an operation's directives name, as the table writes them: `agents:<id>:run`. */
function scopesOf(name: string): string[] {
  const directives = operations.get(name)?.astNode?.directives ?? [];
  return directives.flatMap(readScopes).map((scope) => scope.replace(/\{[^}]+\}/, '<id>'));
}

function readScopes({ name, arguments: args = [] }: ConstDirectiveNode): string[] {
  if (name.value !== 'requiresScope') return [];
  const values = args.flatMap(({ value }) => (value.kind === Kind.LIST ? value.values : [value]));
  return values.map((value) => (value.kind === Kind.STRING ? value.value : ''));
}
