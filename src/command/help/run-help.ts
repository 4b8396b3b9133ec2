import type { CommandHelp } from './command-help.ts';

export const runHelp = {
  name: 'run',
  takes: '<agent> <message> …',
  words: [2, Number.MAX_SAFE_INTEGER],
  summary: 'Run an agent and stream its answer.',
  details: `The answer goes to stdout, tool calls and all else to stderr. A message of - is read from stdin. Where a tool
call waits for an approval, it is asked for on a terminal; elsewhere it is said how to decide it.
Ctrl-C cancels the run; a second one leaves at once, and the run may go on.
Exit code: 0 the run is COMPLETED, 1 it ended otherwise or was refused, 130 it was cancelled by Ctrl-C.`,
  options: {
    session: { type: 'string', value: '<id>', text: 'Go on in this session. Default: a new one.' },
    user: {
      type: 'string',
      value: '<id>',
      text: 'Whose the run is. Default: the owner of the session, or the caller.',
    },
    json: {
      type: 'boolean',
      default: false,
      text: 'Each event as one line of JSON on stdout, the last with the run.',
    },
  },
  example: "ambit run web-search-agent 'Search for news about GraphQL'",
  isClient: true,
} satisfies CommandHelp;
