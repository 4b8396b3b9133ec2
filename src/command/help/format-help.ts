import type { CommandHelp, OptionHelp } from './command-help.ts';

const CLIENT = `AMBIT_URL (http://127.0.0.1:4000) says where the server is, AMBIT_TOKEN who asks.`;

/** What `ambit <command> --help` shows; of `others` those whose names begin with the command's are named too. */
export function formatHelp(help: CommandHelp, others: readonly CommandHelp[] = []): string {
  const { summary, details, options, example, isClient } = help;
  const under = others.filter(({ name }) => name.startsWith(`${help.name} `));
  const paragraphs = [
    formatUsage(help),
    summary,
    ...(details === undefined ? [] : [details]),
    ...(isClient ? [CLIENT] : []),
    ...(under.length === 0 ? [] : [`Commands:\n${formatList(under)}`]),
    ...(Object.keys(options).length === 0 ? [] : [`Options:\n${formatOptions(options)}`]),
    `Example:\n${indented(example)}`,
  ];
  return `${paragraphs.join('\n\n')}\n`;
}

/** The line that says how a command is written, without a line end. */
export function formatUsage({ name, takes, options }: CommandHelp): string {
  const hasOptions = Object.keys(options).length > 0;
  return ['Usage: ambit', name, takes, hasOptions ? '[options]' : ''].filter((part) => part !== '').join(' ');
}

/** What `ambit` alone shows: every command with its summary. */
export function formatOverview(helps: readonly CommandHelp[]): string {
  return [
    'Usage: ambit <command>',
    formatList(helps),
    'ambit help <command>, or <command> --help, says more of each, with an example.\n',
  ].join('\n\n');
}

function formatList(helps: readonly CommandHelp[]): string {
  const width = Math.max(...helps.map(({ name }) => name.length));
  return helps.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`).join('\n');
}

function formatOptions(options: CommandHelp['options']): string {
  const rows = Object.entries(options).map(
    ([name, option]) => [toFlag(name, option), describe(option)] as const,
  );
  const width = Math.max(...rows.map(([flag]) => flag.length));
  return rows.map(([flag, text]) => `  ${flag.padEnd(width)}  ${text}`).join('\n');
}

function toFlag(name: string, { value, multiple }: OptionHelp): string {
  return [`--${name}`, ...(value === undefined ? [] : [value]), ...(multiple === true ? ['…'] : [])].join(
    ' ',
  );
}

function describe({ text, default: given }: OptionHelp): string {
  return typeof given === 'string' ? `${text} Default: ${given}.` : text;
}

function indented(lines: string): string {
  return lines.replaceAll(/^/gm, '  ');
}
