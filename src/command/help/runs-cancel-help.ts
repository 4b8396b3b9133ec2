import type { CommandHelp } from './command-help.ts';

export const runsCancelHelp = {
  name: 'runs cancel',
  takes: '<run>',
  words: [1, 1],
  summary: 'Cancel a run, and say how it ended.',
  details: 'A run that has ended stays as it is.',
  options: {},
  example: 'ambit runs cancel 01945c7e-0000-7000-8000-000000000001',
  isClient: true,
} satisfies CommandHelp;
