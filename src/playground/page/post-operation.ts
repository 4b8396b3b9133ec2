import { type GraphqlAnswer, toFailure } from './graphql-answer.ts';

export interface Operation {
  readonly query: string;
  readonly variables?: unknown;
  readonly operationName?: string | null | undefined;
}

/** What the server answers to an operation by POST, whatever its status; what is no GraphQL answer becomes an error in one. */
export async function postOperation(
  token: string,
  { query, variables, operationName }: Operation,
): Promise<GraphqlAnswer> {
  try {
    const response = await fetch('/graphql', {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        accept: 'application/graphql-response+json, application/json',
      },
      body: JSON.stringify({ query, variables, operationName }),
    });
    // GraphQL over HTTP, section 6: the body has this form.
    return (await response.json()) as GraphqlAnswer;
  } catch (error) {
    return toFailure(`The server did not answer: ${error instanceof Error ? error.message : String(error)}`);
  }
}
