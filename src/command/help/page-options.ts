import type { CommandHelp } from './command-help.ts';

/** Of commands that list a page. */
export const pageOptions = {
  first: { type: 'string', value: '<count>', default: '20', text: 'How many, 1 to 100.' },
  after: {
    type: 'string',
    value: '<cursor>',
    text: 'Those that come after this cursor, which the page before ends with.',
  },
  json: { type: 'boolean', default: false, text: 'As JSON.' },
} satisfies CommandHelp['options'];
