import { type Draw } from './draw.ts';
import { drawValue } from './draw-value.ts';
import {
  ACTIONS,
  ADMIN,
  type ConditionModel,
  type FieldModel,
  type FragmentModel,
  type TypeRef,
  type OperationModel,
  RESOURCES,
  type SchemaModel,
  type SelectionModel,
  type Token,
  type Value,
  type VariableModel,
} from './model.ts';
import { fieldsOf, isComposite, possibleTypes } from './schema-facts.ts';

const MAX_DEPTH = 4;

/** A random operation that the schema validates, but for fields that cannot be merged. */
export function drawOperation(draw: Draw, schema: SchemaModel): OperationModel {
  const kind = draw.chance(35) ? 'mutation' : 'query';
  return new OperationDraw(draw, schema).draw(kind);
}

/** Holds what an operation has besides selections, as they turn out to be needed. */
class OperationDraw {
  readonly #draw: Draw;
  readonly #schema: SchemaModel;
  readonly #fragments: Record<string, FragmentModel> = {};
  readonly #variables: Record<string, VariableModel> = {};
  #keys = 0;
  #names = 0;

  constructor(draw: Draw, schema: SchemaModel) {
    this.#draw = draw;
    this.#schema = schema;
  }

  draw(kind: 'query' | 'mutation'): OperationModel {
    const on = kind === 'query' ? 'Query' : 'Mutation';
    const selections = this.#selections(on, MAX_DEPTH);
    return { kind, selections, fragments: this.#fragments, variables: this.#variables };
  }

  #selections(on: string, depth: number): SelectionModel[] {
    return this.#draw.many(1, 3, () => this.#selection(on, depth));
  }

  #selection(on: string, depth: number): SelectionModel {
    if (depth > 0 && this.#draw.chance(12)) return this.#inline(on, depth);
    if (depth > 0 && this.#draw.chance(10)) return this.#spread(on, depth);
    const fields = fieldsOf(this.#schema, on).filter(({ type }) => depth > 0 || !isComposite(type.named));
    if (fields.length === 0 || this.#draw.chance(6)) return this.#field('__typename', [], []);
    const field = this.#draw.pick(fields);
    const selections = isComposite(field.type.named) ? this.#selections(field.type.named, depth - 1) : [];
    return this.#field(field.name, selections, field.args);
  }

  #field(name: string, selections: SelectionModel[], args: FieldModel['args']): SelectionModel {
    const key = this.#draw.chance(15) ? name : `k${this.#keys++}`;
    const given = this.#draw.some(args, 45).map((argument): [string, Value] => [
      argument.name,
      drawValue(this.#draw, this.#schema, {
        type: argument.type,
        variable: (type) => this.#variable(type),
      }),
    ]);
    return {
      kind: 'field',
      key,
      name,
      args: Object.fromEntries(given),
      selections,
      conditions: this.#conditions(),
    };
  }

  #inline(on: string, depth: number): SelectionModel {
    const condition = this.#draw.chance(25) ? null : this.#draw.pick(this.#overlapping(on));
    const selections = this.#selections(condition ?? on, depth - 1);
    return { kind: 'inline', on: condition, selections, conditions: this.#conditions() };
  }

  /** Only of fragments that are whole, so that there are no cycles. */
  #spread(on: string, depth: number): SelectionModel {
    const overlapping = this.#overlapping(on);
    const known = Object.entries(this.#fragments).filter((entry) => overlapping.includes(entry[1].on));
    if (known.length > 0 && this.#draw.chance(50))
      return { kind: 'spread', fragment: this.#draw.pick(known)[0], conditions: this.#conditions() };
    const condition = this.#draw.pick(overlapping);
    const selections = this.#selections(condition, depth - 1);
    const fragment = this.#draw.pick(['F', '__schema', 'constructor']) + String(this.#names++);
    this.#fragments[fragment] = { on: condition, selections };
    return { kind: 'spread', fragment, conditions: this.#conditions() };
  }

  /** The types that a fragment can be on where objects of `on` are. */
  #overlapping(on: string): string[] {
    const here = possibleTypes(this.#schema, on);
    const { interfaces, objects, unions } = this.#schema;
    const all = [on, ...[...interfaces, ...objects, ...unions].map(({ name }) => name)];
    return [...new Set(all)].filter((name) =>
      possibleTypes(this.#schema, name).some((type) => here.includes(type)),
    );
  }

  #conditions(): ConditionModel[] {
    if (!this.#draw.chance(10)) return [];
    const directive = this.#draw.chance(50) ? 'skip' : 'include';
    const value = this.#draw.chance(60)
      ? this.#flag()
      : ({ kind: 'plain', value: this.#draw.chance(50) } as const);
    return [{ directive, value }];
  }

  #flag(): Value {
    const sent: Value = { kind: 'plain', value: this.#draw.chance(50) };
    const name = `b${this.#names++}`;
    this.#variables[name] = { type: { named: 'Boolean!', lists: 0 }, fallback: null, sent };
    return { kind: 'variable', name };
  }

  /** At times one that is used already, so that one value comes to several places. */
  #variable(type: TypeRef): Value {
    const known = Object.keys(this.#variables).filter((name) => {
      const { named, lists } = this.#variables[name]!.type;
      return named === type.named && lists === type.lists;
    });
    if (known.length > 0 && this.#draw.chance(50)) return { kind: 'variable', name: this.#draw.pick(known) };
    const value = () => drawValue(this.#draw, this.#schema, { type });
    const fallback = this.#draw.chance(35) ? value() : null;
    const sent = this.#draw.chance(70) ? value() : null;
    const name = `v${this.#names++}`;
    this.#variables[name] = { type, fallback, sent };
    return { kind: 'variable', name };
  }
}

/** Scopes that the schema may ask for, malformed ones among them; at times none, the admin scope, or no token at all. */
export function drawToken(draw: Draw): Token {
  if (draw.chance(7)) return null;
  if (draw.chance(5)) return [ADMIN];
  const forms = RESOURCES.flatMap((resource) =>
    ACTIONS.flatMap((action) =>
      ['', ':*', ':a', ':b', ':7'].map(
        (id) => [`${resource}${id}:${action}`, id === '' || id === ':*'] as const,
      ),
    ),
  );
  const percent = draw.pick([15, 35, 60]);
  const held = forms
    .filter(([, isGlobal]) => draw.chance(isGlobal ? percent / 3 : percent))
    .map(([text]) => text);
  return [...held, ...draw.some(['r0', 'r0:a:b:read', 'R0:read', 'r1::read', '*:read', 'r1:a*:read'], 10)];
}
