import { relative } from 'node:path';
import { type WrittenProject, writeProject } from '../init/write-project.ts';
import { initHelp } from './help/init-help.ts';
import { parseCommandLine } from './parse-command-line.ts';
import { UsageError } from './usage-error.ts';

/** `ambit init [folder]`: writes a first project, and says what to do with it. */
export async function init(args: string[]): Promise<void> {
  const { positionals } = parseCommandLine(initHelp, args);
  const [folder = '.'] = positionals;
  const project = await writeProject(folder).catch((error: unknown) => {
    throw toUsageError(error);
  });
  process.stdout.write([...tellFiles(project), ...tellNext(folder, project)].join('\n'));
}

function tellFiles({ written, left, manifest }: WrittenProject): string[] {
  const { isNew, added, left: kept } = manifest;
  const lines = [
    ['Written:', [...written, ...(isNew ? ['package.json'] : [])]],
    ['Added to package.json:', isNew ? [] : added],
    ['There already, and left as it is:', [...left, ...kept.map((key) => `package.json ${key}`)]],
  ] as const;
  return lines
    .filter(([, names]) => names.length > 0)
    .map(([title, names]) => [title, ...names].join('\n  '));
}

function tellNext(folder: string, { manifest }: WrittenProject): string[] {
  const steps = [
    ...(relative('.', folder) === '' ? [] : [`cd ${quote(folder)}`]),
    ...(manifest.isCommonJs ? ['npm pkg set type=module'] : []),
  ];
  return [
    '\nNext:\n',
    [...steps, 'npm install'].join(' && '),
    'npm start',
    `AMBIT_TOKEN=$(npx ambit token --sub me --scope agents:run) node client.ts 'How much green tea is left?'`,
    '',
  ].map((line, index) => (index === 0 || line === '' ? line : `  ${line}`));
}

/** For a POSIX shell. */
function quote(word: string): string {
  return /^[\w./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** What the file system refuses is told in its own words; they name the path. */
function toUsageError(error: unknown): unknown {
  return error instanceof Error && 'syscall' in error
    ? new UsageError(error.message, { cause: error })
    : error;
}
