/** A number that stands alone: no part of a word, a date, a version or an address. Thousands may be parted by commas. */
const NUMBER = /(?<![\w.,/:-])-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?![\w/:]|[.,-]\d)/g;
const MAX_NUMBERS = 10_000;

/** The numbers that a text names, in its order, 10,000 at most. */
export function findNumbers(text: string): number[] {
  const spaced = text.replaceAll(/,(?!\d{3}(?!\d))/g, ', ');
  return Array.from(spaced.matchAll(NUMBER), ([number]) => Number(number.replaceAll(',', '')))
    .filter((number) => Number.isFinite(number))
    .slice(0, MAX_NUMBERS);
}
