import type { CommandHelp } from './command-help.ts';

export const revokeHelp = {
  name: 'revoke',
  takes: '--token <jti> | --user <sub> | --all',
  words: [0, 0],
  summary: 'Revoke tokens for good: one, those of a user, or all.',
  details:
    'Their sockets are closed and the runs that they started cancelled. The token needs tokens:revoke.',
  options: {
    token: { type: 'string', value: '<jti>', text: 'The token of this jti.' },
    user: { type: 'string', value: '<sub>', text: 'Tokens of this user.' },
    all: { type: 'boolean', default: false, text: 'Tokens of everybody.' },
    before: {
      type: 'string',
      value: '<instant>',
      text: 'With --user and --all: those issued up to then, as 2026-01-31T12:00:00Z. Default: now.',
    },
  },
  example: 'ambit revoke --user somebody_who_left',
  isClient: true,
} satisfies CommandHelp;
