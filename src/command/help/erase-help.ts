import type { CommandHelp } from './command-help.ts';

export const eraseHelp = {
  name: 'erase',
  takes: '<user>',
  words: [1, 1],
  summary: "Erase a user's data for good.",
  details: `Cancels the user's runs, deletes the user's sessions, and takes the name out of runs in the sessions of
others. It may be asked again. The token needs users:<id>:erase.`,
  options: {},
  example: 'ambit erase somebody_who_left',
  isClient: true,
} satisfies CommandHelp;
