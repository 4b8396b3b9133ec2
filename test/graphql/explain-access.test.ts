import { makeExecutableSchema } from '@graphql-tools/schema';
import { describe, expect, it } from 'vitest';

import { directiveTypeDefs } from '../../src/directive/directive-sdl.ts';
import { guardSchema } from '../../src/directive/guard-schema.ts';
import { createOperationPipeline } from '../../src/graphql/operation.ts';
import { createLogger } from '../../src/lib/logger.ts';
import { GrantSet } from '../../src/scope/grant-set.ts';

interface Context {
  readonly principal: { readonly grants: GrantSet };
}

const principalOf = ({ principal }: Context) => principal;
const typeDefs = /* GraphQL */ `
  type Query {
    named: [Named] @public
    open: Open @public
  }
  interface Named {
    name: String
    note: String
  }
  type Open implements Named {
    name: String
    note: String @requiresScope(scope: "notes:read")
  }
  type Vault implements Named @requiresScope(scope: "vaults:read") {
    name: String
    note: String
  }
`;

function explain(operation: string, ...scopes: string[]) {
  const schema = guardSchema<Context>(makeExecutableSchema({ typeDefs: [directiveTypeDefs, typeDefs] }), {
    principalOf,
    families: { notes: ['read'], vaults: ['read'] },
  });
  const log = createLogger('silent');
  const pipeline = createOperationPipeline<Context>({ schema, principalOf, introspection: 'off', log });
  const { fields } = pipeline.explain({ operation }, { principal: { grants: new GrantSet(scopes) } });
  return fields.map(({ path, coordinate, state }) => `${path.join('.')} ${coordinate} ${state}`);
}

describe('of an interface', () => {
  it('a type that is hidden from the caller is told as the interface', () => {
    expect(explain('{ named { name note } }')).toEqual([
      'named.note Open.note denied',
      'named.name Named.name denied',
      'named.note Named.note denied',
    ]);
  });

  it('a type that the document names is told by its name', () => {
    expect(explain('{ named { ... on Vault { note } } }')).toEqual(['named.note Vault.note denied']);
  });

  it('a type that the caller sees is told by its name', () => {
    expect(explain('{ named { note } }', 'vaults:x:read')).toEqual([
      'named.note Open.note denied',
      'named.note Named.note denied',
    ]);
    expect(explain('{ named { note } }', 'vaults:read')).toEqual([
      'named.note Open.note denied',
      'named.note Vault.note allowed',
    ]);
  });

  it('an operation that asks for introspection is refused where that is switched off', () => {
    expect(() => explain('{ __schema { description } }')).toThrow('Introspection is switched off.');
  });
});
