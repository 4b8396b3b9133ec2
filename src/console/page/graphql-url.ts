/** Where the server that gave the page answers GraphQL. */
export const GRAPHQL_URL = new URL('/graphql', location.href).href;
