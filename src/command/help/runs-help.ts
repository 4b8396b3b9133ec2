import type { CommandHelp } from './command-help.ts';
import { pageOptions } from './page-options.ts';

export const runsHelp = {
  name: 'runs',
  takes: '',
  words: [0, 0],
  summary: 'List runs, newest first.',
  details: 'Those that the token may see: with sessions:read, or with --agent one that it may run or read.',
  options: {
    agent: { type: 'string', value: '<id>', text: 'Only runs of this agent.' },
    session: { type: 'string', value: '<id>', text: 'Only runs of this session.' },
    user: { type: 'string', value: '<id>', text: 'Only runs of this user.' },
    status: {
      type: 'string',
      multiple: true,
      default: [],
      value: '<status>',
      text: 'Only those that are queued, running, paused, completed, failed, cancelled or expired.',
    },
    ...pageOptions,
  },
  example: 'ambit runs --agent web-search-agent --status completed --status failed',
  isClient: true,
} satisfies CommandHelp;
