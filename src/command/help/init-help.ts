import type { CommandHelp } from './command-help.ts';

export const initHelp = {
  name: 'init',
  takes: '[folder]',
  words: [0, 1],
  summary: 'Write a first app, with a test, a client and an env file.',
  details: 'No file that exists is changed; package.json gets what it lacks.',
  options: {},
  example: 'ambit init my-app',
  isClient: false,
} satisfies CommandHelp;
