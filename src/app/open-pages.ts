import type { Config } from '../config.ts';
import { createConsole } from '../console/console.ts';
import type { HttpServerOptions } from '../http/http-server.ts';
import type { Logger } from '../lib/logger.ts';
import type { OfferTokens } from '../page/token-offer.ts';
import { createPlayground } from '../playground/playground.ts';

export interface OpenPagesOptions {
  readonly config: Pick<Config, 'playground' | 'console'>;
  readonly offerTokens: OfferTokens | undefined;
  readonly log: Logger;
}

/** What the HTTP server needs to show the playground and the console; nothing of what is switched off. */
export async function openPages({
  config,
  offerTokens,
  log,
}: OpenPagesOptions): Promise<Pick<HttpServerOptions<object>, 'page' | 'sites'>> {
  const playground = config.playground === 'on' ? await createPlayground({ offerTokens }) : null;
  const console = config.console === 'on' ? await createConsole({ offerTokens }) : null;
  for (const [name, page] of Object.entries({ playground, console })) {
    if (page?.isBundled === false) log.warn(`the ${name} is not bundled: run "npm run ${name}"`);
  }
  return {
    ...(playground && { page: playground.page }),
    sites: [playground, console].filter((site) => site !== null),
  };
}
