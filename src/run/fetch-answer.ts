import { createModelError, createStatusError, toVendorError } from './model-failure.ts';
import { readSome } from './read-some.ts';

/**
 * The `fetch` of the vendor's client: bodies of failures are cut in length and time, so that an endpoint does not fill our memory.
 * @throws ModelError for a success that is no stream (no body, a web page), and for a status that HTTP does not know.
 */
export async function fetchAnswer(url: string | URL | Request, init?: RequestInit): Promise<Response> {
  const response = await fetch(url, init);
  if (!response.ok) return toFailure(response, await readExcerpt(response.body));
  if (response.body === null) throw createModelError('noStream');
  if (isWebPage(response)) throw createModelError('webPage', toVendorError(await readExcerpt(response.body)));
  return response;
}

/** Other content types are believed to be streams: some endpoints name them wrongly. */
function isWebPage({ headers }: Response): boolean {
  return /^\s*text\/html\b/i.test(headers.get('content-type') ?? '');
}

async function readExcerpt(body: ReadableStream<Uint8Array> | null): Promise<string> {
  if (body === null) return '';
  return Buffer.concat(await readSome(body.getReader())).toString('utf8');
}

function toFailure({ status, statusText, headers }: Response, text: string): Response {
  // These a `Response` of ours may not have.
  if (status > 599) throw createStatusError({ status, headers, cause: toVendorError(text) });
  return new Response(text === '' ? null : text, { status, statusText, headers });
}
