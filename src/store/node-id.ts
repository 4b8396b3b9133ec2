import { randomBytes } from 'node:crypto';

/** A new name for a process that uses the database: 16 hexadecimal digits. */
export function createNodeId(): string {
  return randomBytes(8).toString('hex');
}
