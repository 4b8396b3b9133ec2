import { type Draw } from './draw.ts';
import { drawValue } from './draw-value.ts';
import {
  ACTIONS,
  ADMIN,
  BUILT_IN,
  type EnumModel,
  type FieldModel,
  type InputModel,
  type InputPlaceModel,
  type InterfaceModel,
  type Lists,
  type ObjectModel,
  type TypeRef,
  RESOURCES,
  type Rule,
  type ScalarModel,
  type SchemaModel,
  type UnionModel,
} from './model.ts';

type Parts = Omit<SchemaModel, 'query' | 'mutation'>;

/** What a rule may ask for at its place. */
type Holes = readonly string[];

/** A random schema that builds: rules at all places, with all holes that may stand there. */
export function drawSchema(draw: Draw): SchemaModel {
  const enums = draw.many(1, 2, (index) => drawEnum(draw, index));
  const scalars = draw.many(1, 2, (index) => drawScalar(draw, index));
  const inputs = drawInputs(draw, { enums, scalars });
  const objects = ['T0', 'T1', 'T2'].slice(0, 2 + draw.upTo(1));
  const given = [
    ...objects,
    'I0',
    'U0',
    ...enums.map(({ name }) => name),
    ...scalars.map(({ name }) => name),
  ];
  const parts: Parts = { enums, scalars, inputs, interfaces: [], objects: [], unions: [] };
  const makeField = (name: string, isRoot: boolean) => drawField(draw, { name, isRoot, parts, given });
  const own: InterfaceModel = {
    name: 'I0',
    lists: drawLists(draw, 12, ['parent.id']),
    fields: [...drawProperties(draw), ...draw.many(1, 2, (index) => makeField(`i${index}`, false))],
  };
  const whole: Parts = {
    ...parts,
    interfaces: [own],
    objects: objects.map((name) => drawObject(draw, { name, parent: own, makeField })),
    unions: [{ name: 'U0', members: draw.some(objects, 60) }].map((union) => withMember(union, objects)),
  };
  return {
    ...whole,
    query: draw.many(2, 4, (index) => makeField(`q${index}`, true)),
    mutation: draw.many(1, 3, (index) => makeField(`m${index}`, true)),
  };
}

function withMember(union: UnionModel, objects: readonly string[]): UnionModel {
  return union.members.length > 0 ? union : { ...union, members: objects.slice(0, 1) };
}

function drawObject(
  draw: Draw,
  {
    name,
    parent,
    makeField,
  }: {
    readonly name: string;
    readonly parent: InterfaceModel;
    readonly makeField: (name: string, isRoot: boolean) => FieldModel;
  },
): ObjectModel {
  const implementing = name === 'T0' || draw.chance(60);
  // An implementing type may ask for more than the interface does, never for less.
  const inherited = parent.fields.map((field) => ({
    ...field,
    rule: drawRule(draw, 15, holesAt(field, false)),
    args: field.args.map((argument) => ({
      ...argument,
      rule: drawLists(draw, 15, holesAt(field, false)),
    })),
  }));
  return {
    name,
    lists: drawLists(draw, 15, ['parent.id', 'parent.ref']),
    interfaces: implementing ? [parent.name] : [],
    fields: [
      ...(implementing ? inherited : drawProperties(draw)),
      ...draw.many(1, 3, (index) => makeField(`f${index}`, false)),
    ],
  };
}

/** The plain properties that holes ask for. */
function drawProperties(draw: Draw): FieldModel[] {
  const type = { named: 'ID', lists: 0 };
  return ['id', 'ref'].map((name) => ({ name, type, args: [], rule: drawRule(draw, 10, []) }));
}

function drawEnum(draw: Draw, index: number): EnumModel {
  const name = `E${index}`;
  const values = draw.many(2, 3, (at) => ({ name: `${name}V${at}`, lists: drawLists(draw, 35, []) }));
  return { name, lists: drawLists(draw, 20, []), values };
}

function drawScalar(draw: Draw, index: number): ScalarModel {
  return { name: `S${index}`, lists: drawLists(draw, 40, []) };
}

/** They may lead to each other and to themselves. */
function drawInputs(draw: Draw, leaves: Pick<SchemaModel, 'enums' | 'scalars'>): InputModel[] {
  const names = ['In0', 'In1'];
  const types = { ...leaves, inputs: [] };
  return names.map((name) => ({
    name,
    fields: draw.many(1, 4, (index): InputPlaceModel => {
      const type = drawInputType(draw, leaves, names);
      const isLeaf = !names.includes(type.named);
      return {
        name: `v${index}`,
        type,
        fallback: isLeaf && draw.chance(15) ? drawValue(draw, types, { type }) : null,
        rule: drawLists(draw, 30, type.named === 'ID' ? ['value'] : []),
      };
    }),
  }));
}

function drawInputType(
  draw: Draw,
  { enums, scalars }: Pick<SchemaModel, 'enums' | 'scalars'>,
  inputs: readonly string[],
): TypeRef {
  const leaves = [...enums, ...scalars].map(({ name }) => name);
  const named = draw.pick([...BUILT_IN, 'ID', 'ID', ...leaves, ...inputs, ...inputs]);
  return { named, lists: draw.pick([0, 0, 0, 1, 1, 2]) };
}

interface FieldPlace {
  readonly name: string;
  readonly isRoot: boolean;
  readonly parts: Parts;
  readonly given: readonly string[];
}

/** Of a type that does not matter, a field is nullable: whether something guards it is not known yet. */
function drawField(draw: Draw, { name, isRoot, parts, given }: FieldPlace): FieldModel {
  const type: TypeRef = {
    named: draw.pick([...given, 'String', 'T0', 'I0']),
    lists: draw.pick([0, 0, 0, 1, 1, 2]),
  };
  const names = draw.some(['id', 'ref', 'x', 'y', 'z'], 40);
  const bare = names.map((argument): InputPlaceModel => {
    const drawn = drawInputType(
      draw,
      parts,
      parts.inputs.map((input) => input.name),
    );
    const argumentType = argument === 'id' || argument === 'ref' ? { named: 'ID', lists: 0 } : drawn;
    const fallback = draw.chance(12) ? drawValue(draw, parts, { type: argumentType }) : null;
    return { name: argument, type: argumentType, fallback, rule: [] };
  });
  const field = { name, type, args: bare, rule: { isPublic: false, isAuthenticated: false, lists: [] } };
  const holes = holesAt(field, isRoot);
  const args = bare.map((argument) => ({
    ...argument,
    rule: drawLists(draw, 25, argument.type.named === 'ID' ? ['value', ...holes] : holes),
  }));
  const rule = drawRule(draw, isRoot ? 40 : 25, holes);
  if (!isRoot || rule.isAuthenticated || rule.lists.length > 0) return { ...field, args, rule };
  const leaf = [...parts.enums, ...parts.scalars].find((model) => model.name === type.named);
  const mayBePublic = leaf === undefined || leaf.lists.length === 0;
  return { ...field, args, rule: { isPublic: mayBePublic, isAuthenticated: !mayBePublic, lists: [] } };
}

function holesAt({ args, type }: Pick<FieldModel, 'args' | 'type'>, isRoot: boolean): string[] {
  const names = new Set(args.map(({ name }) => name));
  const isComposite = /^[TIU]\d$/.test(type.named);
  return [
    ...(names.has('id') ? ['args.id'] : []),
    ...(names.has('ref') ? ['load.id'] : []),
    ...(isRoot ? [] : ['parent.id', 'parent.ref']),
    ...(isComposite && type.lists > 0 ? ['item.id', 'item.ref'] : []),
  ];
}

function drawRule(draw: Draw, percent: number, holes: Holes): Rule {
  const lists = drawLists(draw, percent, holes);
  return { isPublic: false, isAuthenticated: lists.length === 0 && draw.chance(8), lists };
}

function drawLists(draw: Draw, percent: number, holes: Holes): Lists {
  if (!draw.chance(percent)) return [];
  return draw.many(1, 2, () => draw.many(1, 2, () => drawScope(draw, holes)));
}

function drawScope(draw: Draw, holes: Holes): string {
  if (draw.chance(3)) return ADMIN;
  const [resource, action] = [draw.pick(RESOURCES), draw.pick(ACTIONS)];
  if (holes.includes('value') && draw.chance(50)) return `${resource}:{value}:${action}`;
  if (holes.length > 0 && draw.chance(60)) return `${resource}:{${draw.pick(holes)}}:${action}`;
  return draw.pick([`${resource}:${action}`, `${resource}:a:${action}`, `${resource}:b:${action}`]);
}
