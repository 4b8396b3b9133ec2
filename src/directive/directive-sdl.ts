/**
 * The three directives as SDL: give it to the schema builder beside your own type definitions. `guardSchema` refuses a
 * schema that defines them otherwise or lacks one.
 */
export const directiveTypeDefs: string = /* GraphQL */ `
  """
  The caller needs any one of the listed scopes; a repeated directive means all of them. In the id place a hole may
  stand: {args.x}, {parent.x}, {item.x} or {loader.x}.
  """
  directive @requiresScope(scope: [String!]!) repeatable on OBJECT | INTERFACE | FIELD_DEFINITION

  """
  The caller needs a valid token, whatever its scopes.
  """
  directive @authenticated on OBJECT | FIELD_DEFINITION

  """
  No token is needed.
  """
  directive @public on FIELD_DEFINITION
`;
