import { createPageSite, type PageSite, type PageSiteOptions } from '../page/page-site.ts';

/** GraphiQL, at GET /graphql. */
export async function createPlayground(options: PageSiteOptions = {}): Promise<PageSite> {
  return await createPageSite({ name: 'playground', address: '/graphql', policy: 'editor' }, options);
}
