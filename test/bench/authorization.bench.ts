// How much CPU does guarding every field cost, when every field is allowed? 20 objects with 9 fields, each with a rule, against
// the same schema without rules, and against others that do the same work; the rounds of all take turns. And what do a denied operation, an
// explained one, and introspection by scope cost?
import { makeExecutableSchema } from '@graphql-tools/schema';
import { execute, type ExecutionResult, type GraphQLSchema, validate } from 'graphql';

import { directiveTypeDefs } from '../../src/directive/directive-sdl.ts';
import { guardSchema } from '../../src/directive/guard-schema.ts';
import { GrantSet } from '../../src/scope/grant-set.ts';
import { createPeers } from './authorization-peers.ts';
import { type Contender, DOCUMENT, FIELDS, OBJECTS } from './authorization-work.ts';
import { createPaths, type Path } from './authorization-paths.ts';
import { type BenchTable, type Finding, median } from './bench-table.ts';

const ROUNDS = 40;
const EXECUTIONS = 200;
const PATH_ROUNDS = 12;

function createSchema(rule: string): GraphQLSchema {
  return makeExecutableSchema({
    typeDefs: `
      ${directiveTypeDefs}
      type Query { objects: [Thing] ${rule} }
      type Thing { id: String ${FIELDS.map((field) => `${field}: String ${rule}`).join(' ')} }
    `,
    resolvers: { Query: { objects: () => OBJECTS } },
  });
}

function guard(schema: GraphQLSchema): GraphQLSchema {
  return guardSchema<{ principal: { grants: GrantSet } }>(schema, {
    principalOf: ({ principal }) => principal,
    families: { things: ['read', 'write'] },
  });
}

function ours(name: string, schema: GraphQLSchema, scopes: readonly string[] = []): Contender {
  const contextValue = { principal: { grants: new GrantSet(scopes) } };
  return {
    name,
    isOurs: true,
    execute: () => execute({ schema, document: DOCUMENT, contextValue }),
    validate: () => validate(schema, DOCUMENT),
  };
}

const READ = '@requiresScope(scope: "things:read")';

const CONTENDERS: readonly Contender[] = [
  ours('unguarded', createSchema('')),
  ours('a scope on every field', guard(createSchema(READ)), ['things:read']),
  ours(
    'two of any, repeated',
    guard(createSchema(`@requiresScope(scope: ["things:write", "things:read"]) ${READ}`)),
    ['things:read'],
  ),
  ours('@authenticated on every field', guard(createSchema('@authenticated'))),
  ...createPeers(['things:read']),
];

interface Times {
  readonly execution: number[];
  readonly request: number[];
}

export async function measure(): Promise<BenchTable[]> {
  return [await measureGuards(), await measurePaths()];
}

async function measureGuards(): Promise<BenchTable> {
  for (const peer of createPeers(['things:write'])) await assertRefused(peer);
  const times = new Map(
    CONTENDERS.map(({ name }): [string, Times] => [name, { execution: [], request: [] }]),
  );
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const contender of CONTENDERS) {
      const own = times.get(contender.name);
      if (contender.execute !== null) own?.execution.push(await timeRound(contender.execute));
      own?.request.push(await timeRound(contender.request ?? (() => request(contender))));
    }
  }
  const bare = times.get('unguarded');
  return {
    question:
      'authorization: CPU of an execution, and of validation with execution, every field guarded and allowed, against the same schema without rules (goal ≤ 1.05)',
    columns: ['guarded by', 'µs per execution', 'ratio', 'µs with validation', 'ratio'],
    rows: [...times].map(([name, { execution, request }]) => [
      name,
      ...compare(execution, bare?.execution ?? []),
      ...compare(request, bare?.request ?? []),
    ]),
    findings: [...times].flatMap(([name, { execution }]): Finding[] => {
      const [, ratio] = compare(execution, bare?.execution ?? []);
      if (typeof ratio === 'string' || name === 'unguarded') return [];
      const isOurs = CONTENDERS.some((contender) => contender.name === name && contender.isOurs);
      const what = `authorization, CPU of an execution: ${name}`;
      return [{ what, value: ratio, unit: '×', ...(isOurs && { goal: { atMost: 1.05 } }) }];
    }),
  };
}

async function measurePaths(): Promise<BenchTable> {
  const rows: (string | number)[][] = [];
  const findings: Finding[] = [];
  for (const path of createPaths(guard(createSchema(READ)), createSchema(''))) {
    const { ours, bare, ratio } = await measurePath(path);
    rows.push([path.name, ours, path.against, bare, ratio]);
    findings.push({ what: `${path.name}, against ${path.against}`, value: ratio, unit: '×' });
  }
  return {
    question: 'authorization: what else is done with the operation of 181 fields',
    columns: ['what', 'µs', 'against', 'µs', 'ratio'],
    rows,
    findings,
  };
}

async function measurePath({ ours, bare }: Path): Promise<{ ours: number; bare: number; ratio: number }> {
  const own: number[] = [];
  const other: number[] = [];
  for (let round = 0; round < PATH_ROUNDS; round += 1) {
    own.push(await timeCalls(ours));
    other.push(await timeCalls(bare));
  }
  const ratio = median(own.map((time, round) => time / (other[round] ?? time)));
  return { ours: median(own), bare: median(other), ratio };
}

async function timeCalls(call: () => unknown): Promise<number> {
  const begin = process.cpuUsage();
  for (let index = 0; index < EXECUTIONS; index += 1) await call();
  const { user, system } = process.cpuUsage(begin);
  return (user + system) / EXECUTIONS;
}

/** Rounds that ran side by side are compared, so what slows the machine slows both. */
function compare(own: readonly number[], bare: readonly number[]): [number | string, number | string] {
  if (own.length === 0) return ['', ''];
  return [median(own), median(own.map((time, round) => time / (bare[round] ?? time)))];
}

function request({ execute, validate }: Contender): ReturnType<NonNullable<Contender['execute']>> {
  validate?.();
  return execute?.() ?? {};
}

async function timeRound(run: NonNullable<Contender['execute']>): Promise<number> {
  const begin = process.cpuUsage();
  for (let index = 0; index < EXECUTIONS; index += 1) {
    const started = run();
    assertAllowed('then' in started ? await started : started);
  }
  const { user, system } = process.cpuUsage(begin);
  return (user + system) / EXECUTIONS;
}

function assertAllowed({ errors, data }: ExecutionResult): void {
  if (errors !== undefined) throw new Error('The bench is refused.', { cause: errors[0] });
  if (data?.['objects'] === undefined) throw new Error('The bench answers nothing.');
}

/** One that lets everybody in would be measured at nothing. Some throw what they refuse. */
async function assertRefused(contender: Contender): Promise<void> {
  const run = async () => await (contender.request ?? (() => request(contender)))();
  const isRefused = await run().then(
    ({ errors = [] }) => errors.length > 0,
    () => true,
  );
  if (!isRefused) throw new Error(`${contender.name} guards nothing.`);
}
