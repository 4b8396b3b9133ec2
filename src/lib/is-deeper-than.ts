/** Whether arrays and objects are nested in `value`, which JSON can hold, more than `depth` deep. A text or number: 0 deep. */
export function isDeeperThan(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return depth === 0 || Object.values(value).some((item) => isDeeperThan(item, depth - 1));
}
