import { access } from 'node:fs/promises';

/** Whether there is a file or folder at `path` that this process can reach. */
export async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    // Why it cannot be reached shows when it is made or opened.
    return false;
  }
}
