import {
  getNamedType,
  GraphQLDirective,
  GraphQLEnumType,
  type GraphQLFieldConfigArgumentMap,
  type GraphQLFieldConfigMap,
  type GraphQLInputFieldConfigMap,
  GraphQLInputObjectType,
  type GraphQLInputType,
  GraphQLInterfaceType,
  GraphQLList,
  type GraphQLNamedType,
  GraphQLNonNull,
  GraphQLObjectType,
  type GraphQLOutputType,
  GraphQLSchema,
  type GraphQLType,
  GraphQLUnionType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  isSpecifiedDirective,
  isSpecifiedScalarType,
  isUnionType,
  valueFromAST,
  astFromValue,
} from 'graphql';

import { type Composite } from './composite.ts';
import { type OpenPlaces } from './open-places.ts';
import { reachableTypes } from './reachable-types.ts';
import { VisibleParts } from './visible-parts.ts';

interface Input {
  readonly name: string;
  readonly description: string | null | undefined;
  readonly type: GraphQLInputType;
  readonly defaultValue: unknown;
  readonly deprecationReason: string | null | undefined;
}

/**
 * The schema as a caller sees it for whom only these places are open: without the others, and without what is of no use
 * or not reached without them. It is for introspection and validation; it has no resolvers.
 */
export function createSchemaView(schema: GraphQLSchema, open: OpenPlaces): GraphQLSchema {
  return new ViewBuilder(schema, open).build();
}

class ViewBuilder {
  readonly #schema: GraphQLSchema;
  readonly #visible: VisibleParts;
  readonly #types = new Map<string, GraphQLNamedType>();

  constructor(schema: GraphQLSchema, open: OpenPlaces) {
    this.#schema = schema;
    this.#visible = new VisibleParts(schema, open);
  }

  build(): GraphQLSchema {
    const schema = this.#schema;
    const reached = reachableTypes(schema, this.#visible);
    for (const type of Object.values(schema.getTypeMap()).filter((type) => reached.has(type)))
      this.#types.set(type.name, this.#copy(type));
    const query = this.#object(schema.getQueryType()) ?? emptyQuery(schema);
    return new GraphQLSchema({
      description: schema.description,
      query,
      mutation: this.#object(schema.getMutationType()),
      subscription: this.#object(schema.getSubscriptionType()),
      types: [...this.#types.values()],
      directives: schema.getDirectives().flatMap((directive) => this.#directive(directive) ?? []),
      // A caller to whom not even a root field is open sees a Query without fields, which no valid schema has.
      assumeValid: true,
    });
  }

  #copy(type: GraphQLNamedType): GraphQLNamedType {
    const { name, description } = type;
    const common = { name, description };
    if (isObjectType(type) || isInterfaceType(type)) {
      const parts = {
        ...common,
        fields: () => this.#fields(type),
        interfaces: () => this.#visible.interfaces(type).flatMap((one) => this.#interface(one) ?? []),
      };
      return isObjectType(type) ? new GraphQLObjectType(parts) : new GraphQLInterfaceType(parts);
    }
    if (isUnionType(type)) {
      const types = () => type.getTypes().flatMap((member) => this.#object(member) ?? []);
      return new GraphQLUnionType({ ...common, types });
    }
    if (isInputObjectType(type)) {
      const fields = () => this.#inputs(this.#visible.inputFields(type));
      return new GraphQLInputObjectType({ ...common, fields, isOneOf: type.isOneOf });
    }
    if (!isEnumType(type)) return type;
    const values = this.#visible
      .values(type)
      .map(({ name, description, value, deprecationReason }) => [
        name,
        { description, value, deprecationReason },
      ]);
    return new GraphQLEnumType({ ...common, values: Object.fromEntries(values) });
  }

  #fields(type: Composite): GraphQLFieldConfigMap<unknown, unknown> {
    const fields = this.#visible.fields(type).map((field) => {
      const { name, description, deprecationReason } = field;
      const args = this.#inputs(this.#visible.args(type, field));
      // A visible field gives a visible type, which is output as the original is.
      const given = this.#wrapped(field.type) as GraphQLOutputType;
      return [name, { type: given, args, description, deprecationReason }] as const;
    });
    return Object.fromEntries(fields);
  }

  #inputs(inputs: readonly Input[]): GraphQLFieldConfigArgumentMap & GraphQLInputFieldConfigMap {
    const configs = inputs.map((input) => {
      const { name, description, deprecationReason } = input;
      // As above.
      const type = this.#wrapped(input.type) as GraphQLInputType;
      const defaultValue = this.#defaultValue(input, type);
      return [name, { type, description, deprecationReason, defaultValue }] as const;
    });
    return Object.fromEntries(configs);
  }

  /** None where it holds what is not visible: whoever leaves the argument out is refused, so they must give another. */
  #defaultValue({ type, defaultValue }: Input, visible: GraphQLInputType): unknown {
    if (defaultValue === undefined) return undefined;
    const written = astFromValue(defaultValue, type);
    if (written === null || written === undefined) return undefined;
    return valueFromAST(written, visible) === undefined ? undefined : defaultValue;
  }

  #wrapped(type: GraphQLType): GraphQLType {
    if (isNonNullType(type)) return new GraphQLNonNull(this.#wrapped(type.ofType) as GraphQLOutputType); // nullable, as the original's
    if (isListType(type)) return new GraphQLList(this.#wrapped(type.ofType));
    return this.#types.get(type.name) ?? type;
  }

  #object(type: GraphQLObjectType | null | undefined): GraphQLObjectType | null {
    const copy = type ? this.#types.get(type.name) : undefined;
    return isObjectType(copy) ? copy : null;
  }

  #interface(type: GraphQLInterfaceType): GraphQLInterfaceType | null {
    const copy = this.#types.get(type.name);
    return isInterfaceType(copy) ? copy : null;
  }

  /** `null`: one of its arguments has a type that is not visible. */
  #directive(directive: GraphQLDirective): GraphQLDirective | null {
    if (isSpecifiedDirective(directive)) return directive;
    const types = directive.args.map(({ type }) => getNamedType(type));
    if (!types.every((type) => this.#types.has(type.name) || isSpecifiedScalarType(type))) return null;
    const { name, description, locations, isRepeatable } = directive;
    return new GraphQLDirective({
      name,
      description,
      locations,
      isRepeatable,
      args: this.#inputs(directive.args),
    });
  }
}

function emptyQuery(schema: GraphQLSchema): GraphQLObjectType {
  return new GraphQLObjectType({ name: schema.getQueryType()?.name ?? 'Query', fields: {} });
}
