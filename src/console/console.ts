import type { IncomingMessage } from 'node:http';

import { createPageSite, type PageSite, type PageSiteOptions } from '../page/page-site.ts';

/** The console: the page itself at `path`, and what it loads below `prefix`. */
export interface Console extends Pick<PageSite, 'prefix' | 'isBundled' | 'answer'> {
  readonly path: '/';
}

/** The page at `/`: agents, conversations, runs, and what a token opens. */
export async function createConsole(options: PageSiteOptions = {}): Promise<Console> {
  const site = await createPageSite({ name: 'console', address: '/', policy: 'none' }, options);
  return {
    prefix: site.prefix,
    path: '/',
    isBundled: site.isBundled,
    answer: (request, response) =>
      isBelow(request, site.prefix) ? site.answer(request, response) : site.page(request, response),
  };
}

function isBelow({ url = '' }: IncomingMessage, prefix: string): boolean {
  return URL.parse(url, 'http://localhost')?.pathname.startsWith(prefix) === true;
}
