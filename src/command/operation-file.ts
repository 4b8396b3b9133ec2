import { readFile } from 'node:fs/promises';
import { isRecord } from '../lib/is-record.ts';
import { parseJson } from '../lib/parse-json.ts';
import { UsageError } from './usage-error.ts';

/** @throws UsageError when the file cannot be read. */
export async function readOperationFile(path: string): Promise<string> {
  return await readText(path, 'operation');
}

/**
 * Variables from JSON, or from a file with JSON in it; `undefined` when nothing is given.
 * @throws UsageError when that is no JSON object.
 */
export async function readVariables(given: string | undefined): Promise<Record<string, unknown> | undefined> {
  if (given === undefined) return undefined;
  const text = given.trimStart().startsWith('{') ? given : await readText(given, 'variables');
  const value = parseJson(text);
  if (!isRecord(value)) throw new UsageError('The variables must be a JSON object, or a file with one.');
  return value;
}

async function readText(path: string, what: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new UsageError(`The ${what} cannot be read from ${path}.`, { cause });
  }
}
