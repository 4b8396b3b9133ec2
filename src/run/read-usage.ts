import { isRecord } from '../lib/is-record.ts';
import { type ModelUsage } from './model.ts';

/** Counts are GraphQL `Int`s in the end. */
const MAX_COUNT = 2 ** 31 - 1;

/** The `usage` of a chunk; `null` when it is missing or not two counts from 0 to 2³¹ − 1. */
export function readUsage(usage: unknown): ModelUsage | null {
  if (!isRecord(usage)) return null;
  const inputTokens = readCount(usage['prompt_tokens']);
  const outputTokens = readCount(usage['completion_tokens']);
  return inputTokens === null || outputTokens === null ? null : { inputTokens, outputTokens };
}

function readCount(value: unknown): number | null {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MAX_COUNT
    ? value
    : null;
}
