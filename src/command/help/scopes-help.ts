import type { CommandHelp } from './command-help.ts';

export const scopesHelp = {
  name: 'scopes',
  takes: '',
  words: [0, 0],
  summary: 'List the scopes that the server knows.',
  details:
    'One a line: every scope that some field or tool asks for, ids as <id>. The token needs config:read.',
  options: {},
  example: 'ambit scopes',
  isClient: true,
} satisfies CommandHelp;
