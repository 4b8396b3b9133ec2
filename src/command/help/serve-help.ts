import type { CommandHelp } from './command-help.ts';

export const serveHelp = {
  name: 'serve',
  takes: '[app.ts]',
  words: [0, 1],
  summary: 'Serve an app file; without one, the demo app.',
  details: `It goes on until a signal ends it: SIGINT or SIGTERM hands its runs over, a second one ends it at once.
The settings come from the environment; ambit doctor says what is wrong with them.`,
  options: {
    role: {
      type: 'string',
      value: '<role>',
      text: 'What this process does: all, api (no runs) or worker (no GraphQL). Default: AMBIT_ROLE, or all.',
    },
  },
  example: 'ambit serve app.ts',
  isClient: false,
} satisfies CommandHelp;
