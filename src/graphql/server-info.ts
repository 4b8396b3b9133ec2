/** What the server says of itself. */
export interface ServerInfo {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly database: 'pglite' | 'postgres';
}
