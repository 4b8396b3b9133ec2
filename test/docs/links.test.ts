import { access } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { readPage, readPages, ROOT } from '../_util/pages.ts';

const pages = await readPages();

/** The places that a page has, as GitHub names them: of each heading its words in lower case, joined by `-`. */
function placesOf(text: string): string[] {
  const prose = text.replaceAll(/^```[\s\S]*?^```$/gm, '');
  return [...prose.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

describe.each(pages)('$name', ({ name, text }) => {
  const links = [...text.matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)/g)];

  it('leads to files and places that there are', async () => {
    for (const [, path = '', place] of links) {
      const target = path === '' ? name : join(dirname(name), path);
      await expect(access(join(ROOT, target)), path).resolves.toBeUndefined();
      if (place !== undefined) expect(placesOf((await readPage(target)).text)).toContain(place);
    }
  });
});

it('the README leads to every page', () => {
  const [readme, ...others] = pages;
  for (const { name } of others) expect(readme?.text).toContain(`](${name}`);
});
