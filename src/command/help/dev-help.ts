import type { CommandHelp } from './command-help.ts';

export const devHelp = {
  name: 'dev',
  takes: '[app.ts]',
  words: [0, Number.MAX_SAFE_INTEGER],
  summary: 'Serve, and start again on every change.',
  details: 'Watched are the app file, and Ambit itself.',
  options: {},
  example: 'ambit dev app.ts',
  isClient: false,
} satisfies CommandHelp;
