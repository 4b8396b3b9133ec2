import type { CommandHelp } from './command-help.ts';

export const scopesExplainHelp = {
  name: 'scopes explain',
  takes: '<operation.graphql>',
  words: [1, 1],
  summary: 'Say what an operation asks for, and what the token holds and lacks.',
  details: 'Nothing of the operation is executed.',
  options: {
    variables: { type: 'string', value: '<file or JSON>', text: 'Variables of the operation.' },
    operation: { type: 'string', value: '<name>', text: 'Which operation of the file is meant.' },
    json: { type: 'boolean', default: false, text: 'As JSON.' },
  },
  example: `echo '{ viewer { id } agents { id instructions } }' > agents.graphql
ambit scopes explain agents.graphql`,
  isClient: true,
} satisfies CommandHelp;
