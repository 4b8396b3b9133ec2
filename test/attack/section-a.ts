import { type AttackCase, type OperationCase, operationCase } from './attack-case.ts';

const deep = (depth: number): string => `${'{ owner { docs '.repeat(depth)}{ id }${' } }'.repeat(depth)}`;
const repeat = (count: number, write: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => write(index)).join(' ');
const KEPT = { doc: { title: 'title' } };
const DOC = 'doc(id: "1")';
const LEAVES = [0, 1].flatMap((i) => [0, 1, 2].map((j) => `me.docs.${i}.${j}.secret`));
const ROW = [{ secret: null }, { secret: null }, { secret: null }];

const ROWS: readonly OperationCase[] = [
  {
    number: 1,
    query: `{ ${DOC} { title secret } }`,
    code: 'FORBIDDEN',
    data: { doc: { title: 'title', secret: null } },
    paths: ['doc.secret'],
  },
  { number: 2, query: `{ ${DOC} { x: secret } }`, code: 'FORBIDDEN', paths: ['doc.x'] },
  { number: 4, query: `{ ${DOC} { title: secret } }`, code: 'FORBIDDEN', data: { doc: { title: null } } },
  {
    number: 5,
    query: `{ ...F } fragment F on Query { ${DOC} { ...G } } fragment G on Doc { secret }`,
    code: 'FORBIDDEN',
  },
  { number: 7, query: `{ ${DOC} { ... { secret } } }`, code: 'FORBIDDEN' },
  { number: 8, query: '{ node(id: "1") { secret } }', code: 'FORBIDDEN', paths: ['node.secret'] },
  {
    number: 8,
    title:
      'with a rule that one of the possible types meets, the runtime type decides before its resolver runs',
    query: '{ a: node(id: "1") { secret } b: node(id: "n") { secret } }',
    scopes: ['docs:read', 'docs:secret'],
    code: 'FORBIDDEN',
    opened: true,
    ran: ['secret'],
    data: { a: { secret: 'MARKER' }, b: { secret: null } },
  },
  { number: 10, query: '{ node(id: "1") { ... on Node { ... on Node { secret } } } }', code: 'FORBIDDEN' },
  { number: 11, query: '{ search { ... on Node { secret } } }', code: 'FORBIDDEN' },
  {
    number: 13,
    query: '{ search { __typename } }',
    code: null,
    data: { search: [{ __typename: 'Doc' }, { __typename: 'Note' }, { __typename: 'Doc' }] },
  },
  {
    number: 14,
    query: '{ search { __typename ... on Note { id } ... on Doc { title } } }',
    code: 'FORBIDDEN',
    paths: ['search.1.id'],
    data: {
      search: [
        { __typename: 'Doc', title: 'title' },
        { __typename: 'Note', id: null },
        { __typename: 'Doc', title: 'title' },
      ],
    },
  },
  { number: 16, query: '{ node(id: "n") { id } }', code: 'FORBIDDEN', data: { node: { id: null } } },
  { number: 16, query: '{ node(id: "n") { ... on Node { x: id } } }', code: 'FORBIDDEN' },
  {
    number: 17,
    query: '{ me { docs { secret } } }',
    code: 'FORBIDDEN',
    paths: LEAVES,
    data: { me: { docs: [ROW, ROW] } },
  },
  { number: 19, query: `{ ${DOC} { secret } }`, scopes: ['docs:x:read'], code: 'FORBIDDEN', data: undefined },
  { number: 19, query: '{ docs { id } search { __typename } }', scopes: [], code: 'FORBIDDEN' },
  { number: 19, query: '{ docs { id } }', scopes: null, code: 'UNAUTHENTICATED' },
  {
    number: 20,
    query: `query ($no: Boolean!) { ${DOC} { title secret @include(if: $no) } }`,
    variables: { no: false },
    code: null,
    data: KEPT,
    ran: [],
  },
  {
    number: 20,
    title: 'a field that is left out by a directive and asked for by another selection is denied',
    query: `query ($no: Boolean!) { ${DOC} { title secret @include(if: $no) ... { secret @skip(if: $no) } } }`,
    variables: { no: false },
    code: 'FORBIDDEN',
  },
  {
    number: 22,
    query: `{ ${DOC} { title owner { title } } }`,
    code: 'FORBIDDEN',
    data: { doc: { title: 'title', owner: { title: null } } },
    paths: ['doc.owner.title'],
  },
  {
    number: 23,
    query: `{ __typename search { __typename } me { __typename docs { __typename } } ${DOC} { __typename } node(id: "n") { __typename } }`,
    code: null,
  },
  { number: 25, query: `{ ${DOC} ${deep(1500)} }`, title: '3,000 fields deep', code: 'LIMIT_EXCEEDED' },
  { number: 25, query: `{ ${DOC} ${deep(15)} }`, title: '30 fields deep', code: 'LIMIT_EXCEEDED' },
  {
    number: 25,
    title: '20,000 brackets',
    query: '{a'.repeat(20_000),
    code: ['LIMIT_EXCEEDED'],
  },
  {
    number: 26,
    title: '2,000 aliases of an expensive field',
    query: `{ ${repeat(2000, (i) => `a${i}: docs { id }`)} }`,
    code: 'LIMIT_EXCEEDED',
  },
  {
    number: 26,
    title: '101 aliases, hidden in fragments',
    query: `{ ...A ...A ...A } fragment A on Query { ${repeat(6, (i) => `a${i}: docs { ${repeat(6, (j) => `b${j}: id`)} }`)} }`,
    code: 'LIMIT_EXCEEDED',
  },
  {
    number: 28,
    title: '4,000 repeated fields',
    query: `{ ${DOC} { ${'secret '.repeat(4000)} } }`,
    code: 'LIMIT_EXCEEDED',
  },
  {
    number: 28,
    title: '14,000 repeated fields',
    query: `{ ${DOC} { ${'id '.repeat(14_000)} } }`,
    code: ['LIMIT_EXCEEDED'],
  },
  {
    number: 28,
    title: '900 conflicting fragments',
    query: `{ ${DOC} { ${repeat(900, (i) => `...F${i}`)} } } ${repeat(900, (i) => `fragment F${i} on Doc { x: ${i % 2 === 0 ? 'id' : 'title'} }`)}`,
    code: 'LIMIT_EXCEEDED',
  },
  {
    number: 29,
    query: `query __proto__ { ...__schema } fragment __schema on Query { ${DOC} { constructor: secret __proto__: secret toString: title } }`,
    code: 'FORBIDDEN',
    paths: ['doc.constructor', 'doc.__proto__'],
  },
  {
    number: 29,
    title: 'a fragment of a name of introspection hides no depth',
    query: `{ ...__schema } fragment __schema on Query { ${DOC} ${deep(15)} }`,
    code: 'LIMIT_EXCEEDED',
  },
  {
    number: 31,
    query: '{ ...F } fragment F on Query { me { id } ...G } fragment G on Query { ...F }',
    code: 'GRAPHQL_VALIDATION_FAILED',
  },
  {
    number: 31,
    query: `{ ${DOC} { ...F } } fragment F on Doc { secret owner { docs { ...F } } }`,
    code: 'GRAPHQL_VALIDATION_FAILED',
  },
  {
    number: 31,
    query: '{ public } fragment Unused on Doc { secret }',
    code: 'GRAPHQL_VALIDATION_FAILED',
  },
  { number: 31, query: `{ ${DOC} { ...Undefined } }`, code: 'GRAPHQL_VALIDATION_FAILED' },
  {
    number: 32,
    query: `query Good { public } query Bad { ${DOC} { secret } } mutation Worse { editDoc { id } }`,
    operationName: 'Good',
    code: null,
    data: { public: 'public' },
    ran: [],
  },
  {
    number: 32,
    query: `query Good { public } query Bad { ${DOC} { secret } }`,
    operationName: 'Bad',
    code: 'FORBIDDEN',
  },
  { number: 32, query: 'query Good { public } query Bad { docs { id } }', code: 'GRAPHQL_VALIDATION_FAILED' },
  ...['@defer', '@defer(label: "x")', '@defer(if: false)'].map((directive) => ({
    number: 34,
    query: `{ ${DOC} { title ... ${directive} { secret } } }`,
    code: 'GRAPHQL_VALIDATION_FAILED',
  })),
  {
    number: 34,
    query: '{ search @stream(initialCount: 0) { __typename } }',
    code: 'GRAPHQL_VALIDATION_FAILED',
  },
  {
    number: 35,
    query: '{ me { bonus bonuses grades } }',
    code: 'FORBIDDEN',
    data: { me: { bonus: null, bonuses: null, grades: null } },
  },
  {
    number: 35,
    query: '{ me { bonus grades } }',
    scopes: ['hr:pay'],
    opened: true,
    code: 'FORBIDDEN',
    ran: ['bonus'],
    paths: ['me.grades'],
  },
  { number: 35, query: '{ me { salary } }', scopes: ['hr:pay'], code: 'FORBIDDEN' },
  { number: 35, query: '{ me { salary } }', scopes: ['hr:read'], code: 'FORBIDDEN' },
];

export const SELECTION: readonly AttackCase[] = ROWS.map(operationCase);
