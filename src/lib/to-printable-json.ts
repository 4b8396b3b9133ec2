/**
 * `value` as JSON that a terminal shows and does nothing else: the control characters that JSON may hold as they are, DEL and those of
 * ISO 6429 above it, are escaped as well. It means the same. `indent`: spaces of each level; left out: one line.
 */
export function toPrintableJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent).replaceAll(
    /[\u007f-\u009f]/g,
    (character) => `\\u00${character.charCodeAt(0).toString(16)}`,
  );
}
