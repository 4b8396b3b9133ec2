/**
 * The three directives as SDL: give it to the schema builder beside your own type definitions. `guardSchema` refuses a
 * schema that defines them otherwise or lacks one.
 */
export const directiveTypeDefs: string = /* GraphQL */ `
  """
  The caller needs any one of the listed scopes; a repeated directive means all of them. In the id place a hole may
  stand: {args.x}, {parent.x}, {item.x} or {loader.x}; on an argument or an input field also {value}. On an argument, an
  input field or an enum value it asks of those who give that input, on an enum or a scalar of those who give or select it. A
  field that would show an enum value with a rule that is not met is refused.
  """
  directive @requiresScope(
    scope: [String!]!
  ) repeatable on OBJECT | INTERFACE | FIELD_DEFINITION | ARGUMENT_DEFINITION | INPUT_FIELD_DEFINITION | ENUM_VALUE | SCALAR | ENUM

  """
  The caller needs a valid token, whatever its scopes.
  """
  directive @authenticated on OBJECT | FIELD_DEFINITION

  """
  No token is needed.
  """
  directive @public on FIELD_DEFINITION
`;
