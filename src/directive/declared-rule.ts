import { getDirectives } from '@graphql-tools/utils';
import {
  type GraphQLArgument,
  type GraphQLEnumValue,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLNamedType,
  type GraphQLSchema,
} from 'graphql';

import { type Composite } from './composite.ts';
import { type KnownNames, requireScopeTemplate, type RequiredScope } from './required-scope.ts';

/** Where our directives can stand. */
type Place =
  GraphQLNamedType | GraphQLField<unknown, unknown> | GraphQLArgument | GraphQLInputField | GraphQLEnumValue;

/** What the directives at one place declare. */
export interface DeclaredRule {
  readonly isPublic: boolean;
  readonly isAuthenticated: boolean;
  readonly allOf: readonly (readonly RequiredScope[])[];
}

/** Whether any of our directives stands there. */
export function isDeclared({ isPublic, isAuthenticated, allOf }: DeclaredRule): boolean {
  return isPublic || isAuthenticated || allOf.length > 0;
}

/**
 * Reads the directives of types, fields and inputs, each place once; type extensions and `extensions.directives` of schemas
 * built in code count. What is wrong with them is gathered in `errors`, with the coordinate; a list that does not parse
 * stays in the rule as one that nobody meets.
 */
export class DeclaredRules {
  readonly errors: string[] = [];
  readonly #schema: GraphQLSchema;
  readonly #known: KnownNames;
  readonly #read = new Map<object, DeclaredRule>();

  constructor(schema: GraphQLSchema, known: KnownNames) {
    this.#schema = schema;
    this.#known = known;
  }

  ofType(type: GraphQLNamedType): DeclaredRule {
    return this.#remember(type, type.name);
  }

  ofField(type: Composite, field: GraphQLField<unknown, unknown>): DeclaredRule {
    return this.#remember(field, `${type.name}.${field.name}`);
  }

  /** At an argument, an input field, an enum value, or a type of inputs. */
  ofInput(
    place: GraphQLArgument | GraphQLInputField | GraphQLEnumValue | GraphQLNamedType,
    coordinate: string,
  ): DeclaredRule {
    return this.#remember(place, coordinate);
  }

  #remember(place: Place, coordinate: string): DeclaredRule {
    const known = this.#read.get(place);
    if (known !== undefined) return known;
    const rule = this.#readRule(place, coordinate);
    this.#read.set(place, rule);
    return rule;
  }

  #readRule(place: Place, coordinate: string): DeclaredRule {
    const directives = this.#directivesAt(place, coordinate);
    return {
      isPublic: directives.some(({ name }) => name === 'public'),
      isAuthenticated: directives.some(({ name }) => name === 'authenticated'),
      allOf: directives
        .filter(({ name }) => name === 'requiresScope')
        .map(({ args }) => this.#readList(args?.['scope'], coordinate)),
    };
  }

  #directivesAt(place: Place, coordinate: string) {
    try {
      return getDirectives(this.#schema, place);
    } catch (error) {
      // An argument that does not coerce: only a schema built without validation gets here.
      this.errors.push(`${coordinate}: ${error instanceof Error ? error.message : String(error)}`);
      return [];
    }
  }

  #readList(value: unknown, coordinate: string): RequiredScope[] {
    const texts: unknown[] = Array.isArray(value) ? value : [value];
    if (texts.length === 0) this.errors.push(`${coordinate}: an empty list of scopes.`);
    return texts.flatMap((text) => {
      try {
        if (typeof text !== 'string') throw new TypeError('a scope that is no string.');
        return requireScopeTemplate(text, this.#known);
      } catch (error) {
        if (!(error instanceof TypeError)) throw error;
        this.errors.push(`${coordinate}: ${error.message}`);
        return [];
      }
    });
  }
}
