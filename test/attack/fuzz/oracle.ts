// A naive evaluator: it walks the operation and the schema with a plain recursive reading of the rules, from what is
// written about them, and shares no code with src/directive.
import {
  type FieldModel,
  type OperationModel,
  type SchemaModel,
  type SelectionModel,
  type Token,
} from './model.ts';
import { coerceAll, needsOf, type Needs, variablesIn } from './oracle-input.ts';
import { answer, decide } from './oracle-scope.ts';
import { fieldsOf, possibleTypes } from './schema-facts.ts';
import { load, type Raw, type Thing, valueAt } from './world.ts';

export interface Expected {
  /** `undefined`: nothing ran. */
  readonly data: unknown;
  /** `path code`, sorted. */
  readonly errors: readonly string[];
  readonly decisions: number;
}

type FieldSelection = Extract<SelectionModel, { kind: 'field' }>;
type Selections = readonly SelectionModel[];

/** What the caller is to be answered. */
export function expectedAnswer(schema: SchemaModel, operation: OperationModel, token: Token): Expected {
  return new Oracle(schema, operation, token).answer();
}

class Oracle {
  readonly #schema: SchemaModel;
  readonly #operation: OperationModel;
  readonly #token: Token;
  readonly #errors: string[] = [];
  #decisions = 0;

  constructor(schema: SchemaModel, operation: OperationModel, token: Token) {
    this.#schema = schema;
    this.#operation = operation;
    this.#token = token;
  }

  answer(): Expected {
    const { kind, selections } = this.#operation;
    const root = kind === 'query' ? 'Query' : 'Mutation';
    const refused = this.#foreseen(root, selections, '');
    const keys = this.#collect(root, selections).filter(([, [field]]) => field?.name !== '__typename');
    const isRefused = ([key]: [string, FieldSelection[]]) => refused.some(([path]) => path === key);
    const nothingLeft = keys.length > 0 && keys.every(isRefused);
    if (nothingLeft || (kind === 'mutation' && refused.length > 0)) {
      const errors = new Set(refused.map((refusal) => refusal.join(' ')));
      return { data: undefined, errors: [...errors].toSorted(), decisions: refused.length };
    }
    const data = this.#object({ type: root, key: '', id: null, ref: null }, selections, []);
    return { data, errors: this.#errors.toSorted(), decisions: this.#decisions };
  }

  /** What is refused from the token and the arguments alone, for every type that an object may turn out to have. */
  #foreseen(type: string, selections: Selections, path: string): [string, string][] {
    return this.#collectAll(type, selections).flatMap((field) => {
      const model = this.#fieldOf(type, field.name);
      if (model === null) return [];
      const place = path === '' ? field.key : `${path}.${field.key}`;
      const below = possibleTypes(this.#schema, model.type.named).flatMap((inner) =>
        this.#foreseen(inner, field.selections, place),
      );
      const code = this.#foresee(type, model, field);
      return code === null ? below : [[place, code], ...below];
    });
  }

  #foresee(type: string, model: FieldModel, field: FieldSelection): string | null {
    const args = this.#args(model, field);
    const needs = this.#needs(type, model, args);
    if (needs === null) return null;
    if (this.#token === null) return 'UNAUTHENTICATED';
    return answer(needs, this.#token, { args }) === 'no' ? 'FORBIDDEN' : null;
  }

  #object(thing: Thing, selections: Selections, path: readonly (string | number)[]): unknown {
    return Object.fromEntries(
      this.#collect(thing.type, selections).map(([key, fields]) => [
        key,
        this.#field(thing, fields, [...path, key]),
      ]),
    );
  }

  #field(thing: Thing, fields: readonly FieldSelection[], path: readonly (string | number)[]): unknown {
    const [field] = fields;
    if (field === undefined || field.name === '__typename') return thing.type;
    const model = this.#fieldOf(thing.type, field.name);
    if (model === null) throw new Error(`No such field: ${thing.type}.${field.name}`);
    const args = this.#args(model, field);
    this.#decisions += 1;
    const decision = decide(this.#needs(thing.type, model, args), this.#token, {
      facts: { args, parent: thing.key === '' ? null : thing },
      load: () => load(args.get('ref')),
    });
    if (decision.code !== null) return this.#refuse(path, decision.code);
    const raw = this.#raw(thing, model, field.key);
    const kept = decision.keeps === null ? raw : keep(raw, model.type.lists, decision.keeps);
    if (this.#showsHidden(kept))
      return this.#refuse(path, this.#token === null ? 'UNAUTHENTICATED' : 'FORBIDDEN');
    return this.#complete(
      kept,
      fields.flatMap(({ selections }) => selections),
      path,
    );
  }

  #refuse(path: readonly (string | number)[], code: string): null {
    this.#errors.push(`${path.join('.')} ${code}`);
    return null;
  }

  #raw(thing: Thing, model: FieldModel, key: string): Raw {
    if (model.name !== 'id' && model.name !== 'ref')
      return valueAt(this.#schema, model.type, `${thing.key}/${key}`);
    const value = thing[model.name];
    return value === null || value === undefined ? null : String(value as string | number);
  }

  #complete(raw: Raw, selections: Selections, path: readonly (string | number)[]): unknown {
    if (raw === null || typeof raw === 'string') return raw;
    if (isList(raw)) return raw.map((item, index) => this.#complete(item, selections, [...path, index]));
    return 'enum' in raw ? raw.enum : this.#object(raw, selections, path);
  }

  /** Whether a value of an enum is there that the caller may not see. */
  #showsHidden(raw: Raw): boolean {
    if (raw === null || typeof raw === 'string') return false;
    if (isList(raw)) return raw.some((item) => this.#showsHidden(item));
    if (!('enum' in raw)) return false;
    const value = this.#schema.enums.flatMap(({ values }) => values).find(({ name }) => name === raw.enum);
    const needs = toNeeds(value?.lists ?? []);
    return (
      needs.length > 0 && (this.#token === null || answer(needs, this.#token, { args: new Map() }) !== 'yes')
    );
  }

  /** What the field asks for, given the arguments; `null`: nothing, not even a token. */
  #needs(type: string, field: FieldModel, args: Parameters<typeof needsOf>[2]): Needs | null {
    const { objects, interfaces, enums, scalars } = this.#schema;
    const object = objects.find(({ name }) => name === type);
    const parents = interfaces.filter(({ name }) => object?.interfaces.includes(name));
    const same = parents.flatMap(({ fields }) => fields.filter(({ name }) => name === field.name));
    const leaf = [...enums, ...scalars].find(({ name }) => name === field.type.named);
    const own = [
      ...field.rule.lists,
      ...(object?.lists ?? []),
      ...parents.flatMap(({ lists }) => lists),
      ...same.flatMap(({ rule }) => rule.lists),
      ...(leaf?.lists ?? []),
    ];
    const asked = [field, ...same].flatMap((one) =>
      needsOf(this.#schema, one.args.map(onlyRule(one === field)), args),
    );
    const isAuthenticated = [field, ...same].some(({ rule }) => rule.isAuthenticated);
    if (own.length === 0 && asked.length === 0 && !isAuthenticated) return null;
    return [...toNeeds(own), ...asked];
  }

  #args(model: FieldModel, field: FieldSelection) {
    return coerceAll(this.#schema, model.args, {
      given: field.args,
      variables: variablesIn(this.#operation),
    });
  }

  #fieldOf(type: string, name: string): FieldModel | null {
    return fieldsOf(this.#schema, type).find((field) => field.name === name) ?? null;
  }

  /** The fields of the selections by response key, in the order of the response. */
  #collect(type: string, selections: Selections): [string, FieldSelection[]][] {
    const byKey = new Map<string, FieldSelection[]>();
    for (const field of this.#collectAll(type, selections))
      byKey.set(field.key, [...(byKey.get(field.key) ?? []), field]);
    return [...byKey];
  }

  #collectAll(type: string, selections: Selections): FieldSelection[] {
    return selections.flatMap((selection) => {
      if (!selection.conditions.every((condition) => this.#includes(condition))) return [];
      if (selection.kind === 'field') return [selection];
      const { on, selections: inner } =
        selection.kind === 'inline' ? selection : this.#operation.fragments[selection.fragment]!;
      const applies = on === null || on === type || possibleTypes(this.#schema, on).includes(type);
      return applies ? this.#collectAll(type, inner) : [];
    });
  }

  #includes({ directive, value }: FieldSelection['conditions'][number]): boolean {
    const held = value.kind === 'variable' ? variablesIn(this.#operation)(value.name) : value;
    const isOn = held?.kind === 'plain' && held.value === true;
    return directive === 'include' ? isOn : !isOn;
  }
}

/** An interface's argument asks by its own rule; its type has been looked at already. */
function onlyRule(isWhole: boolean) {
  return (place: FieldModel['args'][number]) =>
    isWhole ? place : { ...place, type: { named: '', lists: 0 } };
}

function toNeeds(lists: readonly (readonly string[])[]): Needs {
  return lists.map((anyOf) => anyOf.map((scope) => ({ scope, value: null })));
}

/** The list without the innermost elements that are not kept. */
function keep(raw: Raw, depth: number, keeps: (item: unknown) => boolean): Raw {
  if (!isList(raw)) return raw;
  return depth > 1 ? raw.map((inner) => keep(inner, depth - 1, keeps)) : raw.filter(keeps);
}

function isList(raw: Raw): raw is readonly Raw[] {
  return Array.isArray(raw);
}
