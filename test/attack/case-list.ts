/** The numbers of the cases that are known: of selections, inputs, configuration, HTTP, tokens, websockets and gateways. */
export const CASES: readonly number[] = [
  [1, 2, 4, 5, 7, 8, 10, 11, 13, 14, 16, 17, 19, 20, 22, 23, 25, 26, 28, 29, 31, 32, 34, 35],
  [37, 38, 40, 41, 43, 44, 46, 47, 49, 50],
  [52, 53, 55, 56, 58, 59, 61, 62, 64],
  [65, 67, 68, 70, 71, 73, 74, 76, 77, 79, 80],
  [82, 83, 85, 86, 88, 89],
  [91, 92, 94, 95, 97, 98, 100, 101, 103, 104, 106, 107, 109, 110, 112, 113, 115, 116, 118],
  [119, 121, 122],
].flat();

/** Cases that cannot be put to this server, and why. */
export const NOT_APPLICABLE: ReadonlyMap<number, string> = new Map([
  [119, 'There is no federation, so no _entities.'],
  [121, 'There is no federation, so no _service.'],
]);
