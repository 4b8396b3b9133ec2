const WITHOUT_ZONE = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2}(?::\d{2})?)(?:\.\d+)?)?$/;

/**
 * A date as services write it, in ISO 8601: seconds since 1970, or text with or without a zone (without: UTC). `null` for
 * anything else, as "2 hours ago".
 */
export function toIsoDate(value: unknown): string | null {
  if (typeof value === 'number') return format(value * 1000);
  if (typeof value !== 'string') return null;
  const text = value.trim();
  const [, day, time] = WITHOUT_ZONE.exec(text) ?? [];
  if (day !== undefined) return format(Date.parse(`${day}T${time ?? '00:00'}Z`));
  return /\b\d{4}\b/.test(text) ? format(Date.parse(text)) : null;
}

function format(ms: number): string | null {
  return Number.isFinite(ms) && ms > 0 && ms < Date.UTC(10_000, 0) ? new Date(ms).toISOString() : null;
}
