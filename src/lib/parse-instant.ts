const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/i;

/**
 * The instant that `text` names in RFC 3339, to the millisecond, or `null`: it is none, as 2026-02-30T00:00:00Z, or it is written in
 * another way. https://www.rfc-editor.org/rfc/rfc3339#section-5.6
 */
export function parseInstant(text: string): Date | null {
  if (!INSTANT.test(text)) return null;
  const instant = new Date(text.toUpperCase());
  if (Number.isNaN(instant.getTime())) return null;
  // A day that its month does not have is taken for one of the next month.
  const day = new Date(`${text.slice(0, 10)}T00:00:00Z`);
  return day.toISOString().startsWith(text.slice(0, 10)) ? instant : null;
}
