import { type Draw } from './draw.ts';
import { IDS, type TypeRef, type SchemaModel, type Value } from './model.ts';

type Types = Pick<SchemaModel, 'enums' | 'scalars' | 'inputs'>;

/** Gives a variable of exactly that type, or `null` for none. */
export type DrawVariable = (type: TypeRef) => Value | null;

/** A value that does for the type, `null` at times; a list of one may be written without the list. */
export function drawValue(
  draw: Draw,
  types: Types,
  { type, depth = 2, variable }: { type: TypeRef; depth?: number; variable?: DrawVariable | undefined },
): Value {
  if (draw.chance(8)) return { kind: 'null' };
  const drawn = draw.chance(35) ? variable?.(type) : null;
  if (drawn) return drawn;
  if (type.lists > 0) {
    const item = { type: { ...type, lists: type.lists - 1 }, depth, variable };
    if (draw.chance(15)) return drawNonVariable(draw, types, item);
    return { kind: 'list', items: draw.many(0, 3, () => drawValue(draw, types, item)) };
  }
  const found = types.enums.find(({ name }) => name === type.named);
  if (found !== undefined) return { kind: 'enum', name: draw.pick(found.values).name };
  const input = types.inputs.find(({ name }) => name === type.named);
  if (input === undefined) return drawLeaf(draw, type.named);
  const fields = depth === 0 ? [] : draw.some(input.fields, 55);
  return {
    kind: 'object',
    fields: Object.fromEntries(
      fields.map((field) => [
        field.name,
        drawValue(draw, types, { type: field.type, depth: depth - 1, variable }),
      ]),
    ),
  };
}

/** What stands for a list of one: no variable of its own, and no null, which would be no list. */
function drawNonVariable(
  draw: Draw,
  types: Types,
  item: { type: TypeRef; depth: number; variable: DrawVariable | undefined },
): Value {
  const value = drawValue(draw, types, { ...item, variable: undefined });
  return value.kind === 'null' ? { kind: 'list', items: [] } : value;
}

function drawLeaf(draw: Draw, named: string): Value {
  if (named === 'Boolean') return { kind: 'plain', value: draw.chance(50) };
  return { kind: 'plain', value: named === 'ID' ? draw.pick(IDS) : draw.pick(['', 'text']) };
}

/** As it stands in a document. */
export function printValue(value: Value): string {
  switch (value.kind) {
    case 'null':
      return 'null';
    case 'plain':
      return JSON.stringify(value.value);
    case 'enum':
      return value.name;
    case 'variable':
      return `$${value.name}`;
    case 'list':
      return `[${value.items.map(printValue).join(', ')}]`;
    case 'object':
      return `{ ${Object.entries(value.fields)
        .map(([name, field]) => `${name}: ${printValue(field)}`)
        .join(', ')} }`;
    default:
      return value satisfies never;
  }
}

export function printType({ named, lists }: TypeRef): string {
  return lists === 0 ? named : `[${printType({ named, lists: lists - 1 })}]`;
}

/** As it is sent in the variables. */
export function toJson(value: Value): unknown {
  switch (value.kind) {
    case 'plain':
      return value.value;
    case 'enum':
      return value.name;
    case 'list':
      return value.items.map(toJson);
    case 'object':
      return Object.fromEntries(Object.entries(value.fields).map(([name, field]) => [name, toJson(field)]));
    default:
      return null;
  }
}
