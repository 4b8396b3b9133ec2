import {
  execute,
  type ExecutionResult,
  getIntrospectionQuery,
  type GraphQLSchema,
  parse,
  print,
  validate,
} from 'graphql';

import { createOperationPipeline } from '../../src/graphql/operation.ts';
import { createLogger } from '../../src/lib/logger.ts';
import { GrantSet } from '../../src/scope/grant-set.ts';
import { DOCUMENT } from './authorization-work.ts';

interface Context {
  readonly principal: { readonly id: string; readonly grants: GrantSet } | null;
}

/** One thing that a server does with an operation, and what it is compared with. */
export interface Path {
  readonly name: string;
  readonly against: string;
  readonly ours: () => unknown;
  readonly bare: () => unknown;
}

const QUERY = print(DOCUMENT);
const INTROSPECTION = getIntrospectionQuery();

/** What the pipeline does besides executing what is allowed: it admits, refuses, explains, and shows the schema by scope. */
export function createPaths(guarded: GraphQLSchema, bare: GraphQLSchema): readonly Path[] {
  const pipeline = createOperationPipeline<Context>({
    schema: guarded,
    principalOf: ({ principal }) => principal,
    introspection: 'token',
    log: createLogger('silent'),
  });
  const contextOf = (scopes: readonly string[]): Context => ({
    principal: { id: 'ann', grants: new GrantSet(scopes) },
  });
  const [reader, stranger] = [contextOf(['things:read']), contextOf(['things:write'])];
  const admit = (query: string, context: Context) =>
    pipeline.admit(pipeline.readDocument(query), { context, canStream: false });
  const run = async (query: string, context: Context): Promise<ExecutionResult> => {
    const { admitted } = admit(query, context);
    if (admitted === null) throw new Error('The bench is refused.');
    return (await pipeline.run(admitted)) as ExecutionResult; // no subscription is among them
  };
  const refuse = () => {
    const { errors } = admit(QUERY, stranger);
    if (errors === null) throw new Error('The bench is let in.');
    return pipeline.answer({ errors });
  };
  const explain = () => {
    const { admitted } = pipeline.explain({ operation: QUERY }, reader);
    if (!admitted) throw new Error('The bench is not explained.');
  };
  const request = () => {
    const document = parse(QUERY);
    const errors = validate(bare, document);
    return errors.length > 0 ? { errors } : execute({ schema: bare, document });
  };
  const introspect = () => execute({ schema: bare, document: parse(INTROSPECTION) });
  const against = 'parse, validate and execute without rules';
  return [
    { name: 'all allowed, document known', against, ours: () => run(QUERY, reader), bare: request },
    { name: 'all denied, document known', against, ours: refuse, bare: request },
    { name: 'explained', against, ours: explain, bare: request },
    {
      name: 'introspection by scope',
      against: 'introspection without rules',
      ours: () => run(INTROSPECTION, reader),
      bare: introspect,
    },
  ];
}
