/** Instants that 48 bits of milliseconds hold. */
const MAX_MS = 2 ** 48 - 1;

/**
 * The least UUID of the instant `at` in the order of UUIDs version 7 (RFC 9562, section 5.7); instants out of range count as
 * the nearest.
 */
export function uuidV7Floor(at: Date): string {
  const hex = Math.min(Math.max(at.getTime(), 0), MAX_MS).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
}
