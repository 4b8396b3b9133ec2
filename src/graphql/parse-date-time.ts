const RFC_3339 = /^(\d{4}-\d{2}-(\d{2}))T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/i;

/** The instant that `text` writes in RFC 3339 (section 5.6), to the millisecond; `null` when it writes none. */
export function parseDateTime(text: string): Date | null {
  const [, date, day] = RFC_3339.exec(text) ?? [];
  if (date === undefined) return null;
  // A day that its month does not have would be taken for one of the next month.
  if (new Date(`${date}T00:00:00Z`).getUTCDate() !== Number(day)) return null;
  const instant = new Date(text.toUpperCase());
  return Number.isNaN(instant.getTime()) ? null : instant;
}
