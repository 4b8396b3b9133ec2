/**
 * How long an answer asks to be left alone, in milliseconds from `now`; `null`: it does not say, or not so that it can be read.
 * `retry-after-ms` comes before `retry-after`, which is seconds or an HTTP date.
 * https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3
 */
export function readRetryAfterMs(headers: Pick<Headers, 'get'>, now: Date): number | null {
  const ms = parseDecimal(headers.get('retry-after-ms'));
  if (ms !== null) return ms;
  const text = headers.get('retry-after');
  const seconds = parseDecimal(text);
  if (seconds !== null) return seconds * 1000;
  const at = text === null || !/[a-z]/i.test(text) ? Number.NaN : Date.parse(text);
  return Number.isNaN(at) ? null : Math.max(0, at - now.getTime());
}

function parseDecimal(text: string | null): number | null {
  const trimmed = text?.trim() ?? '';
  return /^\d+(\.\d+)?$/.test(trimmed) ? Number(trimmed) : null;
}
