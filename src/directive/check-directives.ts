import {
  buildSchema,
  type GraphQLArgument,
  type ConstDirectiveNode,
  type GraphQLDirective,
  type GraphQLInterfaceType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isScalarType,
} from 'graphql';

import { directiveTypeDefs } from './directive-sdl.ts';

const OURS: ReadonlyMap<string, GraphQLDirective> = new Map(
  buildSchema(directiveTypeDefs)
    .getDirectives()
    .filter(({ astNode }) => astNode !== undefined && astNode !== null)
    .map((directive) => [directive.name, directive]),
);

/** Names as they are likely to be mistyped, or renamed by a tool that imports directives from elsewhere. */
const LOOK_ALIKE = /^(?:.*__)?(?:requires?_?scopes?|(?:is_?)?authenticated?|public)$/i;

/**
 * What is wrong with the schema's definitions and places of our three directives: a rule that nobody enforces must not
 * look as if it were one.
 */
export function checkDirectives(schema: GraphQLSchema): string[] {
  return [...checkDefinitions(schema), ...checkPlaces(schema)];
}

function checkDefinitions(schema: GraphQLSchema): string[] {
  const lookAlikes = schema
    .getDirectives()
    .filter(({ name }) => !OURS.has(name) && LOOK_ALIKE.test(name))
    .map(
      ({ name }) =>
        `@${name}: looks like one of @${[...OURS.keys()].join(', @')} but is enforced by nothing.`,
    );
  const wrong = [...OURS].flatMap(([name, ours]) => {
    const theirs = schema.getDirective(name);
    if (!theirs) return [`@${name}: not defined; add directiveTypeDefs to the type definitions.`];
    return signature(theirs) === signature(ours)
      ? []
      : [`@${name}: defined otherwise than in directiveTypeDefs.`];
  });
  return [...wrong, ...lookAlikes];
}

function signature({ args, isRepeatable, locations }: GraphQLDirective): string {
  const parameters = args.map(({ name, type, defaultValue }) => [name, String(type), defaultValue]);
  return JSON.stringify([parameters, isRepeatable, locations.toSorted()]);
}

interface Annotated {
  readonly directives?: readonly ConstDirectiveNode[] | undefined;
}

interface Place {
  readonly coordinate: string;
  /** As the GraphQL specification names it; an argument of a directive has none, since nothing looks at its rule. */
  readonly location: string;
  readonly nodes: readonly (Annotated | null | undefined)[];
}

/** The validation of type definitions refuses misplaced directives too, but a schema can be built without it. */
function checkPlaces(schema: GraphQLSchema): string[] {
  const root: Place = { coordinate: 'schema', location: 'SCHEMA', nodes: withExtensions(schema) };
  const directives = schema.getDirectives().flatMap(({ name, args }) => argumentPlaces(`@${name}`, args, ''));
  return [root, ...directives, ...Object.values(schema.getTypeMap()).flatMap(placesOf)].flatMap(
    ({ coordinate, location, nodes }) =>
      nodes
        .flatMap((node) => node?.directives ?? [])
        .filter(({ name }) => OURS.get(name.value)?.locations.every((allowed) => allowed !== location))
        .map(({ name }) => `${coordinate}: @${name.value} has no place here.`),
  );
}

function placesOf(type: GraphQLNamedType): Place[] {
  const { name } = type;
  return [{ coordinate: name, location: locationOf(type), nodes: withExtensions(type) }, ...partsOf(type)];
}

function locationOf(type: GraphQLNamedType): string {
  if (isObjectType(type)) return 'OBJECT';
  if (isInterfaceType(type)) return 'INTERFACE';
  if (isEnumType(type)) return 'ENUM';
  if (isScalarType(type)) return 'SCALAR';
  return isInputObjectType(type) ? 'INPUT_OBJECT' : 'UNION';
}

function partsOf(type: GraphQLNamedType): Place[] {
  if (isObjectType(type) || isInterfaceType(type)) return fieldPlaces(type);
  const [location, parts] = isEnumType(type)
    ? ['ENUM_VALUE', type.getValues()]
    : ['INPUT_FIELD_DEFINITION', isInputObjectType(type) ? Object.values(type.getFields()) : []];
  return parts.map(({ name, astNode }) => ({
    coordinate: `${type.name}.${name}`,
    location,
    nodes: [astNode],
  }));
}

function fieldPlaces(type: GraphQLObjectType | GraphQLInterfaceType): Place[] {
  return Object.values(type.getFields()).flatMap(({ name, args, astNode }): Place[] => {
    const coordinate = `${type.name}.${name}`;
    const field: Place = { coordinate, location: 'FIELD_DEFINITION', nodes: [astNode] };
    return [field, ...argumentPlaces(coordinate, args, 'ARGUMENT_DEFINITION')];
  });
}

function argumentPlaces(owner: string, args: readonly GraphQLArgument[], location: string): Place[] {
  return args.map(({ name, astNode }) => ({ coordinate: `${owner}(${name}:)`, location, nodes: [astNode] }));
}

function withExtensions(place: {
  readonly astNode?: Annotated | null | undefined;
  readonly extensionASTNodes: readonly Annotated[];
}): Place['nodes'] {
  return [place.astNode, ...place.extensionASTNodes];
}
