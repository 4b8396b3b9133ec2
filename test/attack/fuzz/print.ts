import { printType, printValue, toJson } from './draw-value.ts';
import {
  type ConditionModel,
  type FieldModel,
  type InputPlaceModel,
  type InterfaceModel,
  type Lists,
  type OperationModel,
  type Rule,
  type SchemaModel,
  type SelectionModel,
} from './model.ts';

/** The schema as SDL, without the definitions of the directives. */
export function printSchema(schema: SchemaModel): string {
  const { enums, scalars, inputs, interfaces, objects, unions, query, mutation } = schema;
  return [
    ...enums.map(
      ({ name, lists, values }) =>
        `enum ${name}${printLists(lists)} { ${values.map((value) => value.name + printLists(value.lists)).join(' ')} }`,
    ),
    ...scalars.map(({ name, lists }) => `scalar ${name}${printLists(lists)}`),
    ...inputs.map(({ name, fields }) => `input ${name} { ${fields.map(printPlace).join(' ')} }`),
    ...interfaces.map((type) => `interface ${printComposite(type, '')}`),
    ...objects.map((type) => {
      const parents = type.interfaces.length === 0 ? '' : ` implements ${type.interfaces.join(' & ')}`;
      return `type ${printComposite(type, parents)}`;
    }),
    ...unions.map(({ name, members }) => `union ${name} = ${members.join(' | ')}`),
    `type Query { ${query.map(printField).join('\n  ')} }`,
    `type Mutation { ${mutation.map(printField).join('\n  ')} }`,
  ].join('\n');
}

function printComposite({ name, lists, fields }: InterfaceModel, parents: string): string {
  return `${name}${parents}${printLists(lists)} {\n  ${fields.map(printField).join('\n  ')}\n}`;
}

function printField({ name, args, type, rule }: FieldModel): string {
  const list = args.length === 0 ? '' : `(${args.map(printPlace).join(', ')})`;
  return `${name}${list}: ${printType(type)}${printRule(rule)}`;
}

function printPlace({ name, type, fallback, rule }: InputPlaceModel): string {
  const initial = fallback === null ? '' : ` = ${printValue(fallback)}`;
  return `${name}: ${printType(type)}${initial}${printLists(rule)}`;
}

function printRule({ isPublic, isAuthenticated, lists }: Rule): string {
  return `${isPublic ? ' @public' : ''}${isAuthenticated ? ' @authenticated' : ''}${printLists(lists)}`;
}

function printLists(lists: Lists): string {
  return lists.map((anyOf) => ` @requiresScope(scope: ${JSON.stringify(anyOf)})`).join('');
}

/** The operation as a document. */
export function printOperation({ kind, selections, fragments, variables }: OperationModel): string {
  const declared = Object.entries(variables).map(([name, { type, fallback }]) => {
    const initial = fallback === null ? '' : ` = ${printValue(fallback)}`;
    return `$${name}: ${printType(type)}${initial}`;
  });
  const head = declared.length === 0 ? kind : `${kind} (${declared.join(', ')})`;
  return [
    `${head} ${printSelections(selections)}`,
    ...Object.entries(fragments).map(
      ([name, fragment]) => `fragment ${name} on ${fragment.on} ${printSelections(fragment.selections)}`,
    ),
  ].join('\n');
}

/** The variables as they are sent. */
export function variablesOf({ variables }: OperationModel): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(variables).flatMap(([name, { sent }]) => (sent === null ? [] : [[name, toJson(sent)]])),
  );
}

function printSelections(selections: readonly SelectionModel[]): string {
  return selections.length === 0 ? '' : `{ ${selections.map(printSelection).join(' ')} }`;
}

function printSelection(selection: SelectionModel): string {
  const conditions = selection.conditions.map(printCondition).join('');
  switch (selection.kind) {
    case 'field': {
      const { key, name, args, selections } = selection;
      const list = Object.entries(args).map(([argument, value]) => `${argument}: ${printValue(value)}`);
      const alias = key === name ? '' : `${key}: `;
      return `${alias}${name}${list.length === 0 ? '' : `(${list.join(', ')})`}${conditions} ${printSelections(selections)}`.trimEnd();
    }
    case 'inline':
      return `...${selection.on === null ? '' : ` on ${selection.on}`}${conditions} ${printSelections(selection.selections)}`;
    case 'spread':
      return `...${selection.fragment}${conditions}`;
    default:
      return selection satisfies never;
  }
}

function printCondition({ directive, value }: ConditionModel): string {
  return ` @${directive}(if: ${printValue(value)})`;
}
