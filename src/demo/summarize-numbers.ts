import { defineTool } from 'ambit';
import { z } from 'zod';

/** A tool that only computes: anybody who may run its agent may have it called. */
export const summarizeNumbers = defineTool({
  name: 'summarize_numbers',
  description: 'Count, sum, mean, median, minimum, maximum and standard deviation of a list of numbers.',
  parameters: z.object({ numbers: z.array(z.number()).min(1).max(10_000).describe('The numbers.') }),
  effect: 'read',
  run({ numbers }) {
    const sorted = numbers.toSorted((a, b) => a - b);
    const sum = numbers.reduce((total, number) => total + number, 0);
    const mean = sum / numbers.length;
    const variance = numbers.reduce((total, number) => total + (number - mean) ** 2, 0) / numbers.length;
    return {
      count: numbers.length,
      sum,
      mean,
      median: medianOf(sorted),
      minimum: sorted.at(0),
      maximum: sorted.at(-1),
      standardDeviation: Math.sqrt(variance),
    };
  },
});

function medianOf(sorted: readonly number[]): number {
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2;
}
