import type { CommandHelp } from './command-help.ts';

export const scopesMatrixHelp = {
  name: 'scopes matrix',
  takes: '',
  words: [0, 0],
  summary: 'Show which callers come to which fields.',
  details:
    "It asks no server: the schema and the scopes alone decide. 'some' is for the ids that the scopes name.",
  options: {
    scope: {
      type: 'string',
      multiple: true,
      default: [],
      value: '<scopes>',
      text: 'A caller with these scopes, spaces between; without it, the five callers of the example.',
    },
    app: {
      type: 'string',
      value: '<app.ts>',
      text: "The app whose tools' scopes may be named. Default: the demo app.",
    },
    json: { type: 'boolean', default: false, text: 'As JSON.' },
  },
  example: "ambit scopes matrix --scope 'agents:read sessions:read' --scope agents:run",
  isClient: false,
} satisfies CommandHelp;
