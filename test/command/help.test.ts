import { describe, expect, it } from 'vitest';

import { COMMANDS, findCommand } from '../../src/command/commands.ts';
import { formatHelp, formatOverview } from '../../src/command/help/format-help.ts';
import { parseCommandLine } from '../../src/command/parse-command-line.ts';
import { readPages } from '../_util/pages.ts';
import { runCommand, runProgram } from '../_util/server-process.ts';

const helps = COMMANDS.map(({ help }) => help);

/** The words of the lines of an example that begin with `ambit`, as a shell gives them to the program. */
async function readCommandLines(example: string): Promise<string[][]> {
  const show = `ambit() { printf '%s\\0' "$@"; printf '\\n'; }\ncd "$(mktemp -d)"\n${example}\nrm -r "$PWD"`;
  const { code, stdout, stderr } = await runProgram('bash', ['-ec', show]);
  expect(stderr).toBe('');
  expect(code).toBe(0);
  return stdout
    .trim()
    .split('\n')
    .map((line) => line.split('\0').slice(0, -1));
}

describe('the help of a command', () => {
  it.each(helps)('$name fits a terminal, and tells every option', (help) => {
    const text = formatHelp(help, helps);
    expect(text.split('\n').filter((line) => line.length > 120)).toEqual([]);
    for (const [name, option] of Object.entries(help.options)) {
      expect(text).toContain(`  --${name}`);
      expect(option.text).toMatch(/^[A-Z].*\.$/);
    }
    expect(text).toMatch(/^Usage: ambit [\s\S]*\n\nExample:\n {2}/);
    expect(help.summary).toMatch(/^[A-Z].*\.$/);
  });

  it.each(helps)('$name has an example that is a command line of it', async (help) => {
    const lines = await readCommandLines(help.example);
    for (const words of lines) {
      const found = findCommand(words);
      expect(found?.command.help.name).toBe(help.name);
      expect(() => parseCommandLine(help, found?.args ?? [])).not.toThrow();
    }
  });

  it('goes before its command is loaded, however it is asked for', async () => {
    const help = helps.find(({ name }) => name === 'scopes explain');
    if (help === undefined) throw new Error('There is no such command.');
    const expected = { code: 0, stderr: '', stdout: formatHelp(help) };
    for (const words of [
      ['help', 'scopes', 'explain'],
      ['scopes', 'explain', '--help'],
      ['scopes', 'explain', 'x.graphql', '--json', '-h'],
    ])
      expect(await runCommand(words)).toEqual(expected);
    expect((await runCommand(['help'])).stdout).toBe(formatOverview(helps));
    expect((await runCommand(['help', 'fly'])).stderr).toContain('There is no command "fly"');
  });

  it('of the overview names every command, and its load gives one', async () => {
    const text = formatOverview(helps);
    for (const { help, load } of COMMANDS) {
      expect(text).toContain(`\n  ${help.name} `);
      expect(await load()).toBeTypeOf('function');
    }
  });
});

describe('a command line that will not do', () => {
  it.each([
    [['token', '--what'], "Unknown option '--what'.\n"],
    [['run', 'bot', '-5 °C?'], 'goes behind --.\n'],
    [['erase', 'a', 'b'], 'There is no place for "b".'],
    [['run', 'bot'], 'Something is missing.'],
    [['scopes', 'explain'], 'Something is missing.'],
    [['scopes', 'matrix', '--app'], '--app <value>'],
  ])('%j is answered with the usage', (words, sentence) => {
    const found = findCommand(words);
    const { help } = found?.command ?? {};
    if (help === undefined) throw new Error('There is no such command.');
    const parse = () => parseCommandLine(help, found?.args ?? []);
    expect(parse).toThrow(sentence);
    expect(parse).toThrow(`Usage: ambit ${help.name}`);
    expect(parse).toThrow(`ambit help ${help.name} says more.`);
  });

  it('with --help behind -- asks for no help', async () => {
    const { code, stderr } = await runCommand(['erase', '--', '--help', 'x']);
    expect(code).toBe(1);
    expect(stderr).toContain('no place for "x"');
  });
});

describe('the pages', async () => {
  const pages = await readPages();
  /** What stands behind `ambit` or `npm run ambit --` in code. */
  const written = pages.flatMap(({ text }) => [
    ...text.matchAll(/(?:npm run (?:--silent )?ambit --|[`(]ambit) (?!help\b)([a-z]+)(?: ([a-z]+))?/g),
  ]);

  it('name commands that there are', () => {
    expect(written.length).toBeGreaterThan(10);
    const unknown = written.filter(([, first = '', second = '']) => findCommand([first, second]) === null);
    expect(unknown.map(([text]) => text)).toEqual([]);
  });

  it('name every command that there is', () => {
    const named = new Set(
      written.map(([, first = '', second = '']) => findCommand([first, second])?.command.help.name),
    );
    expect(helps.map(({ name }) => name).filter((name) => !named.has(name))).toEqual([]);
  });
});
