import {
  getNamedType,
  type GraphQLArgument,
  type GraphQLEnumType,
  type GraphQLEnumValue,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputObjectType,
  type GraphQLInterfaceType,
  type GraphQLNamedType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isLeafType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
  isUnionType,
} from 'graphql';

import { type Composite } from './composite.ts';
import { type OpenPlaces } from './open-places.ts';

type Field = GraphQLField<unknown, unknown>;

/**
 * What of a schema is of use to a caller, by the places that are open to them. A type that has lost all fields, values or
 * members is of no use, nor is what gives it or needs it; neither is a field whose required argument is closed. An
 * interface keeps the fields that all its types have kept.
 */
export class VisibleParts {
  readonly #schema: GraphQLSchema;
  readonly #open: OpenPlaces;
  /** Types of no use, found so far. */
  readonly #useless = new Set<string>();

  constructor(schema: GraphQLSchema, open: OpenPlaces) {
    this.#schema = schema;
    this.#open = open;
    const types = Object.values(schema.getTypeMap()).filter(({ name }) => !name.startsWith('__'));
    const interfaces = types.filter(isInterfaceType);
    const others = types.filter((type) => !isInterfaceType(type));
    // A useless object type has no say in what its interfaces keep, so interfaces come when those are known.
    do this.#settle(others);
    while (this.#findUseless(interfaces));
  }

  has({ name }: GraphQLNamedType): boolean {
    return !this.#useless.has(name);
  }

  fields(type: Composite): Field[] {
    return Object.values(type.getFields()).filter((field) => this.#hasField(type, field));
  }

  args(type: Composite, field: Field): GraphQLArgument[] {
    return field.args.filter((argument) => this.#hasArgument(type, field, argument));
  }

  inputFields(type: GraphQLInputObjectType): GraphQLInputField[] {
    return Object.values(type.getFields()).filter(
      (field) => this.#open.inputField(type.name, field.name) && this.#takes(field),
    );
  }

  values(type: GraphQLEnumType): GraphQLEnumValue[] {
    return type.getValues().filter(({ name }) => this.#open.enumValue(type.name, name));
  }

  interfaces(type: Composite): GraphQLInterfaceType[] {
    return type.getInterfaces().filter((parent) => this.has(parent));
  }

  #settle(types: readonly GraphQLNamedType[]): void {
    while (this.#findUseless(types)); // each round looks with what the rounds before it found
  }

  /** Whether there are any that were not known. */
  #findUseless(types: readonly GraphQLNamedType[]): boolean {
    const before = this.#useless.size;
    for (const type of types) if (!this.#isOfUse(type)) this.#useless.add(type.name);
    return this.#useless.size > before;
  }

  #isOfUse(type: GraphQLNamedType): boolean {
    if (isObjectType(type) || isInterfaceType(type)) return this.fields(type).length > 0;
    if (isUnionType(type)) return type.getTypes().some((member) => this.has(member));
    if (isEnumType(type)) return this.values(type).length > 0;
    if (!isInputObjectType(type)) return true;
    const kept = this.inputFields(type);
    const required = Object.values(type.getFields()).filter(isRequiredInputField);
    return kept.length > 0 && required.every((field) => kept.includes(field));
  }

  #hasField(type: Composite, field: Field): boolean {
    if (!this.has(getNamedType(field.type))) return false;
    if (isInterfaceType(type)) return this.#isKeptByAll(type, ({ name }) => name === field.name);
    if (!this.#open.field(type.name, field.name)) return false;
    const kept = this.args(type, field);
    return field.args.filter(isRequiredArgument).every((argument) => kept.includes(argument));
  }

  #hasArgument(type: Composite, field: Field, argument: GraphQLArgument): boolean {
    if (!this.#takes(argument)) return false;
    if (isObjectType(type)) return this.#open.argument(type.name, field.name, argument.name);
    return this.#implementing(type).every((implementing) => {
      const same = implementing.getFields()[field.name];
      return same !== undefined && this.args(implementing, same).some(({ name }) => name === argument.name);
    });
  }

  /** Whether a value of the type can be given at all. */
  #takes({ type }: { readonly type: GraphQLInputField['type'] }): boolean {
    const named = getNamedType(type);
    return this.has(named) && (!isLeafType(named) || this.#open.inputType(named.name));
  }

  #isKeptByAll(type: GraphQLInterfaceType, isSame: (field: Field) => boolean): boolean {
    const implementing = this.#implementing(type);
    return implementing.some(isObjectType) && implementing.every((one) => this.fields(one).some(isSame));
  }

  #implementing(type: GraphQLInterfaceType): Composite[] {
    const { objects, interfaces } = this.#schema.getImplementations(type);
    return [...objects, ...interfaces].filter((one) => this.has(one));
  }
}
