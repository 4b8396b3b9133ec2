import { isRecord } from '../../lib/is-record.ts';
import { fetchBounded } from './fetch-bounded.ts';

/** What /health of the Ambit server there says; `null`: there is none. */
export async function readHealth(
  origin: string,
  timeoutMs: number,
): Promise<{ readonly status: string; readonly version: string } | null> {
  const answer = await fetchBounded(`${origin}/health`, { timeoutMs });
  if (answer === null) return null;
  try {
    const value: unknown = JSON.parse(answer.text);
    if (!isRecord(value)) return null;
    const { status, version } = value;
    return typeof status === 'string' && typeof version === 'string' ? { status, version } : null;
  } catch {
    return null; // something else answers there
  }
}
