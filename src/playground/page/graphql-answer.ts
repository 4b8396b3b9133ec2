/** A result of GraphQL as JSON has it. */
export interface GraphqlAnswer {
  readonly data?: Readonly<Record<string, unknown>> | null | undefined;
  readonly errors?: readonly { readonly message: string }[] | undefined;
}

/** An answer that says in words why there is none. */
export function toFailure(message: string): GraphqlAnswer {
  return { errors: [{ message }] };
}
