const TIMEOUT_MS = 5000;

/** What a node answered; `codes` of its errors, or NETWORK when there was no answer. */
export interface Answer<TData> {
  readonly data: TData | null;
  readonly codes: readonly string[];
}

export interface Question {
  readonly url: string;
  readonly token: string;
  readonly query: string;
  readonly variables: object;
}

/** One operation over HTTP. A node that is dead or frozen, and an answer that is cut off, are answers too. */
export async function ask<TData>({ url, token, query, variables }: Question): Promise<Answer<TData>> {
  try {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query, variables }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const { data = null, errors = [] } = (await response.json()) as Body<TData>; // as the server answers
    return { data, codes: errors.map(({ extensions }) => extensions?.code ?? 'none') };
  } catch {
    // Whatever broke, the question has to be asked again.
    return { data: null, codes: ['NETWORK'] };
  }
}

interface Body<TData> {
  readonly data?: TData | null;
  readonly errors?: readonly { readonly extensions?: { readonly code?: string } }[];
}
