import { constants } from 'node:fs';
import { access, stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { exists } from '../lib/exists.ts';
import { findFolderHolder } from './folder-lock.ts';
import { type ProcessIdentity } from './process-identity.ts';

/** What there is to know of the embedded database's folder before a server is started on it. */
export interface FolderReport {
  /** Whether a database is in it. */
  readonly hasDatabase: boolean;
  /** Whether it, or where it would be made, may be written by this user. */
  readonly isWritable: boolean;
  readonly isFolder: boolean;
  /** Whether other users of the machine may look into it. */
  readonly isOpenToOthers: boolean;
  readonly freeBytes: number;
  /** The process that uses it; `null`: none. */
  readonly holder: ProcessIdentity | null;
}

/** Looks at a folder and changes nothing. */
export async function examineFolder(folder: string): Promise<FolderReport> {
  const isThere = await exists(folder);
  const place = isThere ? folder : await findParent(folder);
  const { bavail, bsize } = await statfs(place);
  const status = await stat(place);
  return {
    hasDatabase: await exists(join(folder, 'data')),
    isWritable: await mayWrite(place),
    isFolder: status.isDirectory(),
    isOpenToOthers: isThere && process.getuid !== undefined && (status.mode & 0o077) !== 0,
    freeBytes: bavail * bsize,
    holder: isThere && status.isDirectory() ? await findFolderHolder(folder) : null,
  };
}

/** The nearest folder above that exists. */
async function findParent(folder: string): Promise<string> {
  const parent = dirname(folder);
  return parent === folder || (await exists(parent)) ? parent : await findParent(parent);
}

async function mayWrite(folder: string): Promise<boolean> {
  try {
    await access(folder, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    // The refusal is the answer.
    return false;
  }
}
