import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';

import { type PageAnswer, refusal, sendPage } from './page-answer.ts';
import { type PageFile, readPageFiles } from './page-file.ts';
import { answerTokens, type OfferTokens } from './token-offer.ts';

/** Where `npm install` puts the bundle. */
export const PAGE_FOLDER = join(import.meta.dirname, '../../dist/playground');

const PREFIX = '/playground/';
const NOT_BUNDLED =
  'The playground is not bundled: run "npm run playground", then start the server again. GraphQL is answered here by POST.';

export interface PlaygroundOptions {
  /** Gives the tokens that the page offers to whoever opens it; without it, none. For development mode only. */
  readonly offerTokens?: OfferTokens | undefined;
  /** Where the bundle is; default `PAGE_FOLDER`. */
  readonly folder?: string;
}

/** The page that people open in a browser, and what it loads. */
export interface Playground {
  /** All that the page loads has a path below this one. */
  readonly prefix: string;
  /** Whether there is a bundle to serve; without one the page says how to make it. */
  readonly isBundled: boolean;
  /** Answers with the page. */
  page(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Answers a path below `prefix`, by any method. */
  answer(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

/** Reads what there is to serve. */
export async function createPlayground(options: PlaygroundOptions = {}): Promise<Playground> {
  const files = await readPageFiles(options.folder ?? PAGE_FOLDER);
  const index = files.get('index.html');
  return {
    prefix: PREFIX,
    isBundled: index !== undefined,
    async page(request, response) {
      sendPage(request, response, await answerPage(index, request));
    },
    async answer(request, response) {
      sendPage(request, response, await answerPath(request, { files, ...options }));
    },
  };
}

async function answerPage(index: PageFile | undefined, request: IncomingMessage): Promise<PageAnswer> {
  return index === undefined ? refusal(503, NOT_BUNDLED) : await answerFile(index, request);
}

async function answerPath(
  request: IncomingMessage,
  { files, offerTokens }: { readonly files: ReadonlyMap<string, PageFile> } & PlaygroundOptions,
): Promise<PageAnswer> {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return refusal(405, 'The method is not allowed at this address.', { allow: 'GET, HEAD' });
  }
  const name = URL.parse(request.url ?? '', 'http://localhost')?.pathname.slice(PREFIX.length) ?? '';
  if (name === 'tokens') return await answerTokens(request, offerTokens);
  const file = name.startsWith('assets/') ? files.get(name) : undefined;
  if (file === undefined)
    return refusal(404, 'There is nothing at this address. The playground is at /graphql.');
  // The name holds a hash of the content.
  return await answerFile(file, request, { 'cache-control': 'public, max-age=31536000, immutable' });
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
