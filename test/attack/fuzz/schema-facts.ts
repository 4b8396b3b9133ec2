import { type FieldModel, type SchemaModel } from './model.ts';

/** Whether the named type has fields or members. */
export function isComposite(named: string): boolean {
  return /^[TIU]\d$/.test(named);
}

/** The object types that a value of the type can have. */
export function possibleTypes(schema: SchemaModel, named: string): string[] {
  const union = schema.unions.find(({ name }) => name === named);
  if (union !== undefined) return [...union.members];
  if (!schema.interfaces.some(({ name }) => name === named)) return [named];
  return schema.objects.filter(({ interfaces }) => interfaces.includes(named)).map(({ name }) => name);
}

/** The fields that can be selected on the type. */
export function fieldsOf(schema: SchemaModel, named: string): readonly FieldModel[] {
  if (named === 'Query') return schema.query;
  if (named === 'Mutation') return schema.mutation;
  return [...schema.objects, ...schema.interfaces].find(({ name }) => name === named)?.fields ?? [];
}
