/** A table of a page: the texts of its cells by row, and its heads. */
export interface Table {
  readonly heads: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** The tables of a Markdown text (GitHub's: a row of dashes under the heads, no `|` inside a cell), in order. */
export function readTables(text: string): Table[] {
  return text
    .split(/\n(?!\|)/)
    .map((part) => part.split('\n').filter((line) => line.startsWith('|')))
    .filter(([, dashes = '']) => /^\|[\s|:-]+$/.test(dashes))
    .map(([heads = '', , ...rows]) => ({ heads: readCells(heads), rows: rows.map(readCells) }));
}

function readCells(line: string): string[] {
  return line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
}

/** What stands between backquotes in a cell. */
export function readSpans(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, span = '']) => span);
}
