/** The first `maxLength` UTF-16 units of `text` at most, with `…` at the end where something was cut; no character is cut in two. */
export function truncateText(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const kept = text.slice(0, Math.max(maxLength - 1, 0));
  return `${kept.isWellFormed() ? kept : kept.slice(0, -1)}…`;
}
