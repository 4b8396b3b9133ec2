import type { CommandHelp } from './command-help.ts';
import { pageOptions } from './page-options.ts';

export const sessionsHelp = {
  name: 'sessions',
  takes: '',
  words: [0, 0],
  summary: 'List sessions, newest first.',
  details: 'Those that the token may see; it needs sessions:read.',
  options: {
    agent: { type: 'string', value: '<id>', text: 'Only sessions with this agent.' },
    user: { type: 'string', value: '<id>', text: 'Only sessions of this user.' },
    ...pageOptions,
  },
  example: 'ambit sessions --agent web-search-agent --first 5',
  isClient: true,
} satisfies CommandHelp;
