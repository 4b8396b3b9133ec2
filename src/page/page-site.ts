import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';

import { type PageAnswer, refusal, sendPage } from './page-answer.ts';
import { type PageFile, readPageFiles } from './page-file.ts';
import type { PagePolicy } from './security-headers.ts';
import { answerTokens, type OfferTokens } from './token-offer.ts';

/** A page of ours, as it is served. */
export interface PageDefinition {
  /** A word: all that the page loads is below `/name/`. */
  readonly name: string;
  /** Where the page itself is, as `/graphql`. */
  readonly address: string;
  readonly policy: PagePolicy;
}

export interface PageSiteOptions {
  /** Gives the tokens that the page offers to whoever opens it; without it, none. For development mode only. */
  readonly offerTokens?: OfferTokens | undefined;
  /** Where the bundle is; default `pageFolder`. */
  readonly folder?: string;
}

/** A page that people open in a browser, and what it loads. */
export interface PageSite {
  /** All that the page loads has a path below this one. */
  readonly prefix: string;
  /** Whether there is a bundle to serve; without one the page says how to make it. */
  readonly isBundled: boolean;
  /** Answers with the page, GET and HEAD alone. */
  page(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Answers a path below `prefix`, by any method. */
  answer(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

/** Where `npm install` puts the bundle of that page. */
export function pageFolder(name: string): string {
  return join(import.meta.dirname, '../../dist', name);
}

/** Reads what there is to serve. */
export async function createPageSite(
  { name, address, policy }: PageDefinition,
  { folder = pageFolder(name), offerTokens }: PageSiteOptions = {},
): Promise<PageSite> {
  const files = await readPageFiles(folder);
  const index = files.get('index.html');
  const prefix = `/${name}/`;
  const notThere = refusal(404, `There is nothing at this address. The ${name} is at ${address}.`);
  const notBundled = refusal(
    503,
    `The ${name} is not bundled: run "npm run ${name}", then start the server again. GraphQL is answered at /graphql by POST.`,
  );
  const answerPage = async (request: IncomingMessage): Promise<PageAnswer> => {
    if (!isRead(request)) return NOT_ALLOWED;
    return index === undefined ? notBundled : await answerFile(index, request);
  };
  const answerPath = async (request: IncomingMessage): Promise<PageAnswer> => {
    if (!isRead(request)) return NOT_ALLOWED;
    const path = URL.parse(request.url ?? '', 'http://localhost')?.pathname.slice(prefix.length) ?? '';
    if (path === 'tokens') return await answerTokens(request, offerTokens);
    const file = path.startsWith('assets/') ? files.get(path) : undefined;
    if (file === undefined) return notThere;
    // The name holds a hash of the content.
    return await answerFile(file, request, { 'cache-control': 'public, max-age=31536000, immutable' });
  };
  return {
    prefix,
    isBundled: index !== undefined,
    page: async (request, response) =>
      sendPage(response, { request, policy, answer: await answerPage(request) }),
    answer: async (request, response) =>
      sendPage(response, { request, policy, answer: await answerPath(request) }),
  };
}

const NOT_ALLOWED = refusal(405, 'The method is not allowed at this address.', { allow: 'GET, HEAD' });

function isRead({ method }: IncomingMessage): boolean {
  return method === 'GET' || method === 'HEAD';
}

async function answerFile(
  file: PageFile,
  { headers: { 'accept-encoding': encodings } }: IncomingMessage,
  headers: Record<string, string> = {},
): Promise<PageAnswer> {
  const { type } = file;
  if (file.readGzip === undefined) return { status: 200, type, body: await file.read(), headers };
  const vary = { ...headers, vary: 'Accept-Encoding' };
  if (!acceptsGzip(encodings)) return { status: 200, type, body: await file.read(), headers: vary };
  return { status: 200, type, body: await file.readGzip(), headers: { ...vary, 'content-encoding': 'gzip' } };
}

/** RFC 9110, section 12.5.3; a quality of 0 is a no. */
function acceptsGzip(encodings: string | string[] | undefined): boolean {
  return /(?:^|,)\s*gzip\s*(?:;\s*q=(?:1|0\.0*[1-9])|,|$)/i.test(String(encodings ?? ''));
}
