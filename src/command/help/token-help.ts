import type { CommandHelp } from './command-help.ts';

export const tokenHelp = {
  name: 'token',
  takes: '--sub <subject>',
  words: [0, 0],
  summary: 'Mint a token with the configured HMAC key.',
  details: `The key is the first of JWT_VERIFICATION_KEY, or the one of development mode in the data folder.
With --for, the least scopes that an operation needs are added, and told on stderr.`,
  options: {
    sub: { type: 'string', value: '<subject>', text: 'Whose token it is.' },
    scope: {
      type: 'string',
      multiple: true,
      default: [],
      value: '<scope>',
      text: 'A scope that it holds; or several, with spaces or commas between.',
    },
    hours: { type: 'string', default: '24', value: '<hours>', text: 'How long it is good for.' },
    app: {
      type: 'string',
      value: '<app.ts>',
      text: "The app whose tools' scopes may be named. Default: the demo app.",
    },
    for: {
      type: 'string',
      value: '<operation.graphql>',
      text: 'Add the least scopes that the operation needs.',
    },
    variables: { type: 'string', value: '<file or JSON>', text: 'Variables of the operation of --for.' },
    operation: { type: 'string', value: '<name>', text: 'Which operation of the file of --for is meant.' },
    id: {
      type: 'string',
      multiple: true,
      default: [],
      value: '<resource>=<id>',
      text: 'With --for: the ids to allow where only execution knows which are asked for.',
    },
  },
  example: "ambit token --sub alice --scope agents:read --scope 'agents:*:run' --hours 8",
  isClient: false,
} satisfies CommandHelp;
