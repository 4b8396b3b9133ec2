const ids = new WeakMap<object, string>();

/** Says that the error belongs to the operation of that id, so that it is told and logged under it. */
export function tagError(error: unknown, correlationId: string): void {
  if (typeof error === 'object' && error !== null && !ids.has(error)) ids.set(error, correlationId);
}

/** The id of the operation that the error belongs to, where that is known. */
export function correlationIdOf(error: unknown): string | null {
  return typeof error === 'object' && error !== null ? (ids.get(error) ?? null) : null;
}
