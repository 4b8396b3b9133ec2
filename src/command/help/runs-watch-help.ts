import type { CommandHelp } from './command-help.ts';

export const runsWatchHelp = {
  name: 'runs watch',
  takes: '<run>',
  words: [1, 1],
  summary: 'Stream a run from its beginning, or from a cursor, to its end.',
  details: `As run does for a run that it has started, but that Ctrl-C only stops the watching.
Exit code: 0 the run is COMPLETED, 1 it ended otherwise, 130 Ctrl-C.`,
  options: {
    after: { type: 'string', value: '<seq>', default: '0', text: 'Only events after this number.' },
    json: {
      type: 'boolean',
      default: false,
      text: 'Each event as one line of JSON on stdout, the last with the run.',
    },
  },
  example: 'ambit runs watch 01945c7e-0000-7000-8000-000000000001',
  isClient: true,
} satisfies CommandHelp;
