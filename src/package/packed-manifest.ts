/** What the package says of itself; scripts and tools for development are the repository's alone. */
const KEPT = [
  'name',
  'version',
  'description',
  'license',
  'private',
  'type',
  'engines',
  'exports',
  'bin',
  'files',
  'dependencies',
] as const;

/** The package's package.json, made from the repository's: what names a source there names here what it is compiled into. */
export function toPackedManifest(text: string): string {
  // Ours.
  const manifest = JSON.parse(text) as Record<string, unknown>;
  const packed = Object.fromEntries(
    KEPT.filter((key) => key in manifest).map((key) => [key, toCompiled(manifest[key])]),
  );
  return `${JSON.stringify(packed, null, 2)}\n`;
}

function toCompiled(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(/^\.\/src\/(.+)\.[jt]s$/, './build/$1.js');
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, toCompiled(part)]));
}
