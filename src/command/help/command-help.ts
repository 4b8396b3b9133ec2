/** An option as `parseArgs` of Node takes it, and as the help tells it. */
export interface OptionHelp {
  readonly type: 'string' | 'boolean';
  readonly multiple?: boolean;
  readonly default?: string | boolean | string[];
  /** What stands for the value, as `<id>`; a boolean has none. */
  readonly value?: string;
  /** What it does, one sentence. A default is told from `default`. */
  readonly text: string;
}

/** All that is said about a command, and what its command line is read by. It stands apart from the command, which may load a server. */
export interface CommandHelp {
  /** The words after `ambit`, as `scopes explain`. */
  readonly name: string;
  /** What follows the name, options left out, as `<agent> <message> …`; empty: nothing. */
  readonly takes: string;
  /** How many words that may be. */
  readonly words: readonly [min: number, max: number];
  /** One sentence, as an order: it is the command's line in the overview. */
  readonly summary: string;
  /** What else is to be known, in lines of at most 92 characters; exit codes beyond 0 and 1 among it. */
  readonly details?: string;
  readonly options: Readonly<Record<string, OptionHelp>>;
  /** Lines for a shell that do something sensible as they are, where `ambit` is this program. */
  readonly example: string;
  /** Whether it is a client of the server at AMBIT_URL. */
  readonly isClient: boolean;
}
