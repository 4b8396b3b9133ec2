const MAX_INTEGER = 2_147_483_647;

/** `value` as an integer column takes it: what a model's usage or a clock says is cut to whole numbers from 0. */
export function toCount(value: number): number {
  return Number.isNaN(value) ? 0 : Math.min(Math.max(Math.trunc(value), 0), MAX_INTEGER);
}
