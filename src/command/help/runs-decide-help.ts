import type { CommandHelp } from './command-help.ts';

export const runsDecideHelp = {
  name: 'runs decide',
  takes: '<run> --approve | --refuse',
  words: [1, 1],
  summary: 'Approve or refuse what a run waits for.',
  details: `All of its open tool calls alike; they are shown. A terminal is asked about each where neither option is given.
The token must be able to read the run.`,
  options: {
    approve: { type: 'boolean', default: false, text: 'Let the calls be made.' },
    refuse: { type: 'boolean', default: false, text: 'Let them not be made.' },
    note: {
      type: 'string',
      value: '<text>',
      text: 'Kept with the decision; of a refusal, told to the model.',
    },
  },
  example: "ambit runs decide 01945c7e-0000-7000-8000-000000000001 --refuse --note 'Not today.'",
  isClient: true,
} satisfies CommandHelp;
