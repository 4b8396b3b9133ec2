import { execFileSync } from 'node:child_process';

/** For programs that refuse to run as root: then `postgres`, or nobody; else `null`, whoever it is. */
export function serverUser(): { uid: number; gid: number } | null {
  if (process.getuid?.() !== 0) return null;
  try {
    const read = (option: string): number =>
      Number(execFileSync('id', [option, 'postgres'], { stdio: 'pipe' }));
    return { uid: read('-u'), gid: read('-g') };
  } catch {
    // There is no such user.
    return { uid: 65_534, gid: 65_534 };
  }
}
