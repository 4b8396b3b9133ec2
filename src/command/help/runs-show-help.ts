import type { CommandHelp } from './command-help.ts';

export const runsShowHelp = {
  name: 'runs show',
  takes: '<run>',
  words: [1, 1],
  summary: 'Show what became of a run.',
  options: { json: { type: 'boolean', default: false, text: 'As JSON.' } },
  example: 'ambit runs show 01945c7e-0000-7000-8000-000000000001',
  isClient: true,
} satisfies CommandHelp;
