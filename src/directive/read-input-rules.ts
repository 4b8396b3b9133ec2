import {
  DirectiveLocation,
  type GraphQLArgument,
  type GraphQLEnumType,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputObjectType,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isLeafType,
} from 'graphql';

import { type Composite } from './composite.ts';
import { type DeclaredRule, type DeclaredRules, isDeclared } from './declared-rule.ts';
import { type FieldRule, holesOf } from './field-rule.ts';
import { type InputPlace, type InputRule, type InputTypeRules } from './input-rule.ts';
import { listDepth } from './list-depth.ts';

type Field = GraphQLField<unknown, unknown>;

/** Where directives of operations stand. */
const EXECUTABLE: ReadonlySet<string> = new Set([
  DirectiveLocation.QUERY,
  DirectiveLocation.MUTATION,
  DirectiveLocation.SUBSCRIPTION,
  DirectiveLocation.FIELD,
  DirectiveLocation.FRAGMENT_DEFINITION,
  DirectiveLocation.FRAGMENT_SPREAD,
  DirectiveLocation.INLINE_FRAGMENT,
  DirectiveLocation.VARIABLE_DEFINITION,
]);

/** While types that lead to each other are being read. */
interface OpenTypeRules extends InputTypeRules {
  own: InputRule | null;
  readonly values: Map<unknown, InputRule[]>;
  readonly byName: Map<string, FieldRule>;
  readonly fields: InputPlace[];
}

/** Which holes may stand at a place of inputs. */
type Holes = 'none' | 'value' | 'any';

const MAY_BE: Readonly<Record<Holes, string>> = {
  none: 'no hole stands at an enum, one of its values or a scalar.',
  value: 'only {value} stands at an input field, which serves every field that takes the input.',
  any: '',
};

/**
 * Reads the rules of inputs: of enums, their values and scalars, of the fields of input objects, and of arguments, those
 * carried by interfaces among them. What is wrong with them is gathered in `errors`, with the coordinate.
 */
export class InputRules {
  readonly errors: string[] = [];
  readonly #declared: DeclaredRules;
  readonly #byType = new Map<string, OpenTypeRules>();
  /** The types that ask for something or lead to what does. */
  readonly #reaching = new Set<string>();

  constructor(schema: GraphQLSchema, declared: DeclaredRules) {
    this.#declared = declared;
    const types = Object.values(schema.getTypeMap()).filter(({ name }) => !name.startsWith('__'));
    for (const type of types) if (isLeafType(type)) this.#readLeaf(type);
    const objects = types.filter(isInputObjectType);
    for (const { name } of objects) this.#openType(name);
    this.#findReaching(objects);
    for (const type of objects) this.#readInputObject(type);
    this.#checkDirectives(schema);
  }

  /** Nothing judges what the directives of an operation are given. */
  #checkDirectives(schema: GraphQLSchema): void {
    for (const { name, args, locations } of schema.getDirectives()) {
      if (!locations.some((location) => EXECUTABLE.has(location))) continue;
      for (const argument of args.filter(({ type }) => this.isReaching(type)))
        this.errors.push(
          `@${name}(${argument.name}:): ${String(argument.type)} carries a rule, or leads to one, that nothing judges here.`,
        );
    }
  }

  /** The field's arguments that have a rule or lead to one. */
  ofField(type: Composite, field: Field): InputPlace[] {
    return field.args.flatMap((argument) => {
      const coordinate = `${type.name}.${field.name}(${argument.name}:)`;
      const declared = [type, ...type.getInterfaces()].flatMap((owner) =>
        this.#declaredAt(owner, field.name, argument.name),
      );
      return this.#place(argument, this.#toRule(declared, { coordinate, type: argument.type, holes: 'any' }));
    });
  }

  #declaredAt(owner: Composite, field: string, name: string): DeclaredRule[] {
    const argument = owner.getFields()[field]?.args.find((argument) => argument.name === name);
    if (argument === undefined) return [];
    return [this.#declared.ofInput(argument, `${owner.name}.${field}(${name}:)`)];
  }

  /** The rules of the values of that enum, by name; none for anything else. */
  ofValues(type: GraphQLNamedType): ReadonlyMap<string, FieldRule> {
    return (isEnumType(type) && this.#byType.get(type.name)?.byName) || new Map();
  }

  /** Whether a value of that type may come to a rule. */
  isReaching(type: GraphQLInputType): boolean {
    return this.#reaching.has(getNamedType(type).name);
  }

  #openType(name: string): OpenTypeRules {
    const rules: OpenTypeRules = { name, own: null, values: new Map(), byName: new Map(), fields: [] };
    this.#byType.set(name, rules);
    return rules;
  }

  #readLeaf(type: Extract<GraphQLNamedType, { parseValue: unknown }>): void {
    const rules = this.#openType(type.name);
    const declared = this.#declared.ofInput(type, type.name);
    rules.own = this.#toRule([declared], { coordinate: type.name, type, holes: 'none' });
    if (isEnumType(type)) this.#readValues(type, rules);
    if (rules.own !== null || rules.byName.size > 0) this.#reaching.add(type.name);
  }

  /** Names may share a value; then nothing tells which of them was meant. */
  #readValues(type: GraphQLEnumType, { values, byName }: OpenTypeRules): void {
    for (const value of type.getValues()) {
      const coordinate = `${type.name}.${value.name}`;
      const declared = this.#declared.ofInput(value, coordinate);
      const rule = this.#toRule([declared], { coordinate, type, holes: 'none' });
      if (rule === null) continue;
      if (value.value === null)
        this.errors.push(`${coordinate}: resolvers see it as null, which nothing tells from none.`);
      byName.set(value.name, rule.rule);
      values.set(value.value, [...(values.get(value.value) ?? []), rule]);
    }
  }

  #findReaching(objects: readonly GraphQLInputObjectType[]): void {
    const leads = (type: GraphQLInputObjectType) =>
      Object.values(type.getFields()).some(
        (field) =>
          this.isReaching(field.type) ||
          isDeclared(this.#declared.ofInput(field, `${type.name}.${field.name}`)),
      );
    for (let before = -1; before < this.#reaching.size;) {
      before = this.#reaching.size;
      for (const type of objects) if (leads(type)) this.#reaching.add(type.name);
    }
  }

  #readInputObject(type: GraphQLInputObjectType): void {
    for (const field of Object.values(type.getFields())) {
      const coordinate = `${type.name}.${field.name}`;
      const declared = this.#declared.ofInput(field, coordinate);
      const rule = this.#toRule([declared], { coordinate, type: field.type, holes: 'value' });
      this.#byType.get(type.name)?.fields.push(...this.#place(field, rule));
    }
  }

  #place({ name, type }: GraphQLArgument | GraphQLInputField, rule: InputRule | null): InputPlace[] {
    const below = this.isReaching(type) ? (this.#byType.get(getNamedType(type).name) ?? null) : null;
    return rule === null && below === null ? [] : [{ name, rule, depth: listDepth(type), type: below }];
  }

  #toRule(
    declared: readonly DeclaredRule[],
    {
      coordinate,
      type,
      holes,
    }: { readonly coordinate: string; readonly type: GraphQLInputType; readonly holes: Holes },
  ): InputRule | null {
    if (declared.some(({ isPublic, isAuthenticated }) => isPublic || isAuthenticated))
      this.errors.push(`${coordinate}: only @requiresScope has a place here.`);
    const rule = { allOf: declared.flatMap(({ allOf }) => allOf) };
    if (rule.allOf.length === 0) return null;
    const found = holesOf(rule).map(({ from }) => from);
    const isMisplaced = found.some((from) => holes === 'none' || (holes === 'value' && from !== 'value'));
    if (isMisplaced) this.errors.push(`${coordinate}: ${MAY_BE[holes]}`);
    const takesValue = found.includes('value');
    if (takesValue && holes !== 'none' && !isLeafType(getNamedType(type)))
      this.errors.push(`${coordinate}: {value}: an id is one scalar value, not ${String(type)}.`);
    return { coordinate, rule, takesValue };
  }
}
