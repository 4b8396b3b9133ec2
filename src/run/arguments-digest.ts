import { createHash } from 'node:crypto';
import { canonicalJson } from '../lib/canonical-json.ts';
import type { Json } from '../store/tables.ts';

/** A fingerprint of a tool call's arguments: the call that is made is the one that was approved. */
export function digestArguments(value: Json): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}
