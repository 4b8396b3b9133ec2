/** The key of the tokens that the benches mint and their servers take. */
export const BENCH_KEY = 'the-key-of-the-bench-which-nobody-else-uses';
