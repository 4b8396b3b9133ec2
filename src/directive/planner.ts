import {
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  SchemaMetaFieldDef,
  type SelectionNode,
  type SelectionSetNode,
  TypeMetaFieldDef,
} from 'graphql';

import { fragmentsOf } from './fragments-of.ts';
import {
  type Condition,
  type OperationPlan,
  type PlannedField,
  type PlanNode,
  type PlanSelection,
} from './plan-node.ts';
import { isPossible, possibleTypes } from './possible-types.ts';
import { requireRules, type SchemaRules } from './schema-rules.ts';

interface OpenNode extends PlanNode {
  readonly selections: PlanSelection[];
}

interface Work {
  readonly type: GraphQLObjectType;
  readonly set: SelectionSetNode;
  readonly isRoot: boolean;
  readonly into: OpenNode;
}

/** Walks one document; each node is made once and filled from a queue. */
export class Planner {
  readonly #schema: GraphQLSchema;
  readonly #rules: SchemaRules;
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly #nodes = new Map<SelectionSetNode, Map<string, OpenNode>>();
  /** A queue, not recursion: a long chain of fragments must not end the stack. */
  readonly #queue: Work[] = [];

  constructor(schema: GraphQLSchema, document: DocumentNode) {
    this.#schema = schema;
    this.#rules = requireRules(schema);
    this.#fragments = fragmentsOf(document);
  }

  plan({ operation, selectionSet }: OperationDefinitionNode): OperationPlan {
    const type = this.#schema.getRootType(operation);
    if (!type) return { operation, root: { typeName: '', selections: [] } };
    const root = this.#nodeOf(type, selectionSet, true);
    for (const { type, set, isRoot, into } of this.#queue) {
      for (const selection of set.selections) {
        const planned = this.#planSelection(type, selection, isRoot);
        if (planned !== null) into.selections.push(planned);
      }
    }
    return { operation, root };
  }

  #planSelection(type: GraphQLObjectType, selection: SelectionNode, isRoot: boolean): PlanSelection | null {
    if (selection.kind === Kind.FIELD) return this.#planField(type, selection, isRoot);
    const fragment =
      selection.kind === Kind.INLINE_FRAGMENT ? selection : this.#fragments.get(selection.name.value);
    if (fragment === undefined || !isPossible(this.#schema, fragment.typeCondition, type)) return null;
    if (!isRoot && !this.#rules.reachesRule(type.name)) return null;
    const children = [this.#nodeOf(type, fragment.selectionSet, isRoot)];
    return { type: 'fragment', conditions: conditionsOf(selection.directives), children };
  }

  #planField(type: GraphQLObjectType, node: FieldNode, isRoot: boolean): PlannedField | null {
    const definition = fieldOf(this.#schema, type, node.name.value);
    if (definition === null) return null;
    const rule = this.#rules.ruleOf(type.name, definition.name);
    const inputs = this.#rules.inputsOf(type.name, definition.name);
    const { selectionSet: set } = node;
    const types = set === undefined ? [] : possibleTypes(this.#schema, definition.type);
    const reaching = types.filter(({ name }) => this.#rules.reachesRule(name));
    if (rule === null && inputs.length === 0 && reaching.length === 0 && !isRoot) return null;
    return {
      type: 'field',
      key: node.alias?.value ?? node.name.value,
      coordinate: `${type.name}.${definition.name}`,
      rule,
      inputs,
      conditions: conditionsOf(node.directives),
      children: set === undefined ? [] : reaching.map((type) => this.#nodeOf(type, set, false)),
      node,
      definition,
    };
  }

  #nodeOf(type: GraphQLObjectType, set: SelectionSetNode, isRoot: boolean): PlanNode {
    const byType = this.#nodes.get(set) ?? new Map<string, OpenNode>();
    this.#nodes.set(set, byType);
    const key = isRoot ? `${type.name} root` : type.name;
    const known = byType.get(key);
    if (known !== undefined) return known;
    const into: OpenNode = { typeName: type.name, selections: [] };
    byType.set(key, into);
    this.#queue.push({ type, set, isRoot, into });
    return into;
  }
}

/** `null` for `__typename` too: it asks for nothing and leads nowhere. */
function fieldOf(
  schema: GraphQLSchema,
  type: GraphQLObjectType,
  name: string,
): GraphQLField<unknown, unknown> | null {
  const introspection = [SchemaMetaFieldDef, TypeMetaFieldDef].find((field) => field.name === name);
  if (introspection !== undefined) return type === schema.getQueryType() ? introspection : null;
  return type.getFields()[name] ?? null;
}

function conditionsOf(directives: readonly DirectiveNode[] = []): Condition[] {
  return directives.flatMap(({ name, arguments: args }): Condition[] => {
    const value = args?.find((argument) => argument.name.value === 'if')?.value;
    if ((name.value !== 'skip' && name.value !== 'include') || value === undefined) return [];
    const leavesOut = name.value === 'skip';
    if (value.kind === Kind.VARIABLE) return [{ leavesOut, value: { variable: value.name.value } }];
    return value.kind === Kind.BOOLEAN ? [{ leavesOut, value: value.value }] : [];
  });
}
