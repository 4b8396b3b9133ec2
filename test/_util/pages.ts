import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

export const ROOT = new URL('../../', import.meta.url).pathname;

/** A page that users read: the README, or one of docs/. */
export interface Page {
  /** From the root of the repository: `README.md`, `docs/from-agentos.md`. */
  readonly name: string;
  readonly text: string;
  readonly blocks: readonly Block[];
}

export interface Block {
  /** The first word after the fence. */
  readonly language: string;
  /** The second one: whom the block speaks to, where that is not this server; `null`: the block is executed. */
  readonly elsewhere: string | null;
  readonly code: string;
}

const BLOCK = /^```([^\n`]*)\n([\s\S]*?)^```$/gm;

/** The README, then the pages of docs/ by name. */
export async function readPages(): Promise<Page[]> {
  const names = (await readdir(join(ROOT, 'docs'))).filter((name) => name.endsWith('.md')).toSorted();
  return Promise.all(['README.md', ...names.map((name) => `docs/${name}`)].map(readPage));
}

export async function readPage(name: string): Promise<Page> {
  const text = await readFile(join(ROOT, name), 'utf8');
  const blocks = [...text.matchAll(BLOCK)].map(([, info = '', code = '']) => {
    const [language = '', elsewhere = null] = info.trim().split(/\s+/);
    return { language, elsewhere, code };
  });
  return { name, text, blocks };
}

/** The page's text with other code in the block at `index`. */
export function withCode({ text }: Pick<Page, 'text'>, index: number, code: string): string {
  let at = -1;
  return text.replaceAll(BLOCK, (block: string, info: string) => {
    at += 1;
    return at === index ? `\`\`\`${info}\n${code}\`\`\`` : block;
  });
}
