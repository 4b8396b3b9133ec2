import { isRecord } from '../../lib/is-record.ts';
import { parseJson } from '../../lib/parse-json.ts';
import { fetchBounded } from './fetch-bounded.ts';

/** What /health of the Ambit server there says; `null`: there is none. */
export async function readHealth(
  origin: string,
  timeoutMs: number,
): Promise<{ readonly status: string; readonly version: string } | null> {
  const answer = await fetchBounded(`${origin}/health`, { timeoutMs });
  if (answer === null) return null;
  const value = parseJson(answer.text);
  if (!isRecord(value)) return null;
  const { status, version } = value;
  return typeof status === 'string' && typeof version === 'string' ? { status, version } : null;
}
