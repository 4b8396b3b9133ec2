import { type AttackCase, operationCase } from './attack-case.ts';
import { READ } from './own-case.ts';
import { FAILURES } from './section-f-failures.ts';
import { FLOODS } from './section-f-floods.ts';
import { OPENING } from './section-f-opening.ts';
import { RIGHTS } from './section-f-rights.ts';

const repeat = (count: number, write: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => write(index)).join(' ');
const SOCKET = { over: ['socket'] } as const;

const SUBSCRIPTIONS: readonly AttackCase[] = [
  {
    number: 109,
    title: '101 aliases',
    query: `subscription { docChanged(id: "1") { ${repeat(101, (i) => `a${i}: title`)} } }`,
    code: 'LIMIT_EXCEEDED',
  },
  {
    number: 109,
    title: '42 fields deep',
    query: `subscription { docChanged(id: "1") ${'{ owner { docs '.repeat(20)}{ id }${' } }'.repeat(20)} }`,
    code: 'LIMIT_EXCEEDED',
  },
  {
    number: 109,
    title: 'each event of which would be lists of lists of lists',
    query: `subscription { docChanged(id: "1") ${'{ owner { docs '.repeat(5)}{ id }${' } }'.repeat(5)} }`,
    code: 'LIMIT_EXCEEDED',
  },
  ...[
    'subscription { docChanged(id: "1") { id } flood }',
    'subscription { a: docChanged(id: "1") { id } b: docChanged(id: "2") { id } }',
    'subscription { ...A ...B } fragment A on Subscription { a: docChanged(id: "1") { id } } fragment B on Subscription { flood }',
  ].map((query) => ({ number: 110, query, code: 'GRAPHQL_VALIDATION_FAILED' })),
  {
    number: 110,
    query: 'subscription { ...A } fragment A on Subscription { ... { x: docChanged(id: "2") { title } } }',
    code: 'FORBIDDEN',
  },
  { number: 110, query: 'subscription { __typename }', code: 'GRAPHQL_VALIDATION_FAILED' },
].map((row) => operationCase({ ...SOCKET, scopes: READ, ...row }));

export const WEBSOCKET: readonly AttackCase[] = [
  ...OPENING,
  ...RIGHTS,
  ...FLOODS,
  ...FAILURES,
  ...SUBSCRIPTIONS,
];
