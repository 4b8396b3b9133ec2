import type { CommandHelp } from './command-help.ts';

export const sessionsShowHelp = {
  name: 'sessions show',
  takes: '<session>',
  words: [1, 1],
  summary: 'Show the conversation of a session.',
  options: {
    last: {
      type: 'string',
      value: '<count>',
      default: '20',
      text: 'How many of its last messages, 1 to 100.',
    },
    json: { type: 'boolean', default: false, text: 'As JSON.' },
  },
  example: 'ambit sessions show 01945c7e-0000-7000-8000-000000000000',
  isClient: true,
} satisfies CommandHelp;
