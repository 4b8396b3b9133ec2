/**
 * `text` as a database and a JSON parser take it: every lone surrogate and every NUL becomes U+FFFD, the replacement character,
 * and all else stays. The length in UTF-16 units never changes. A text that comes in pieces must be cut between characters.
 */
export function toWellFormedText(text: string): string {
  const wellFormed = text.toWellFormed();
  return wellFormed.includes('\0') ? wellFormed.replaceAll('\0', '\uFFFD') : wellFormed;
}
