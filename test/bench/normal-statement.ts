/** Longer texts are cut off. */
const MAX_LENGTH = 240;

/** The text of a statement as it is told apart from others: on one line, without schemas, values and lists of them. */
export function toNormalStatement(text: string, schema: string): string {
  const normal = text
    .replaceAll(new RegExp(`"?${schema}_jobs"?\\.`, 'g'), 'jobs.')
    .replaceAll(new RegExp(`"?${schema}"?\\.`, 'g'), '')
    .replaceAll('"', '')
    .replaceAll(/'(?:[^']|'')*'/g, '?')
    .replaceAll(/\$\d+/g, '?')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/\?(?:, ?\?)+/g, '?, …')
    .replaceAll(/\(\?, …\)(?:, \(\?, …\))+/g, '(?, …)')
    .replaceAll(/\blimit \d+/gi, 'limit ?')
    .trim();
  return normal.length <= MAX_LENGTH ? normal : `${normal.slice(0, MAX_LENGTH)}…`;
}
