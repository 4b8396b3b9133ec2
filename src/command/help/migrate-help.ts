import type { CommandHelp } from './command-help.ts';

export const migrateHelp = {
  name: 'migrate',
  takes: '',
  words: [0, 0],
  summary: "Bring the database to this version's tables.",
  details: `serve does the same at its start; several at once wait for each other. The database is the one of
DATABASE_URL, or the embedded one in AMBIT_DATA_DIR.`,
  options: {},
  example: 'ambit migrate',
  isClient: false,
} satisfies CommandHelp;
