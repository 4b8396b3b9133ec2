import type { CommandHelp } from './command-help.ts';

export const runHelp = {
  name: 'run',
  takes: '<agent> <message> …',
  words: [2, Number.MAX_SAFE_INTEGER],
  summary: 'Run an agent and stream its answer.',
  details:
    'The answer goes to stdout, tool calls and all else to stderr. Exit code: 1 when the run does not complete.',
  options: {},
  example: "ambit run web-search-agent 'Search for news about GraphQL'",
  isClient: true,
} satisfies CommandHelp;
