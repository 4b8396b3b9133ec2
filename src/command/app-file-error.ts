import { fileURLToPath } from 'node:url';
import { UsageError } from './usage-error.ts';

/**
 * What loading an app file threw, as a sentence that says where: the first place in its stack that is a file of the app and
 * none of a package or of Ambit's. Where there is none, the stack itself helps most.
 */
export function toAppFileError(error: unknown, appUrl: URL): UsageError {
  const { message, stack = '' } = error instanceof Error ? error : new Error(String(error));
  const place = findPlace(stack) ?? fileURLToPath(appUrl);
  return new UsageError(`${place}: ${message}`, { cause: error });
}

const PLACE = /(?:file:\/\/)?(\/[^\s()]+?\.[cm]?[jt]s):(\d+)/g;
const OWN_FOLDER = fileURLToPath(new URL('../', import.meta.url));
const DEMO_FOLDER = fileURLToPath(new URL('../demo/', import.meta.url));

function findPlace(stack: string): string | null {
  for (const [, path = '', line] of stack.matchAll(PLACE)) {
    const isApps =
      !path.includes('/node_modules/') && (!path.startsWith(OWN_FOLDER) || path.startsWith(DEMO_FOLDER));
    if (isApps) return `${path}:${line}`;
  }
  return null;
}
