import type { CommandHelp } from './command-help.ts';

export const doctorHelp = {
  name: 'doctor',
  takes: '[app.ts]',
  words: [0, 1],
  summary: 'Say what is wrong with settings, database, keys, model and server, and how to mend it.',
  details: `For who operates the server, on its machine: it reads the settings as serve does, opens the database, loads the
app file (the demo app without one), and asks the model endpoint for its models, which costs nothing.
It changes nothing, shows no secret, and waits three seconds at most for anything.
Exit code: 1 where something fails; a warning is no failure.`,
  options: { json: { type: 'boolean', default: false, text: 'As JSON.' } },
  example: 'ambit doctor',
  isClient: false,
} satisfies CommandHelp;
