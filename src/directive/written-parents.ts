import {
  type DocumentNode,
  type FieldNode,
  type GraphQLSchema,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';

type ParentTypes = Map<FieldNode, string>;
const parentsBySchema = new WeakMap<GraphQLSchema, WeakMap<DocumentNode, ParentTypes>>();

/** The name of the type that the document itself reads each field on: an interface where it says no more. */
export function writtenParents(
  schema: GraphQLSchema,
  document: DocumentNode,
): ReadonlyMap<FieldNode, string> {
  const byDocument = parentsBySchema.get(schema) ?? new WeakMap<DocumentNode, ParentTypes>();
  parentsBySchema.set(schema, byDocument);
  const parents = byDocument.get(document) ?? readParents(schema, document);
  byDocument.set(document, parents);
  return parents;
}

function readParents(schema: GraphQLSchema, document: DocumentNode): ParentTypes {
  const parents: ParentTypes = new Map();
  const info = new TypeInfo(schema);
  const Field = (node: FieldNode): void => {
    const type = info.getParentType();
    if (type) parents.set(node, type.name);
  };
  visit(document, visitWithTypeInfo(info, { Field }));
  return parents;
}
