const JSON_TYPE = 'application/json';
const GRAPHQL_TYPE = 'application/graphql-response+json';
const EVENT_STREAM_TYPE = 'text/event-stream';

export type MediaType = typeof JSON_TYPE | typeof GRAPHQL_TYPE;

interface Range {
  readonly type: string;
  readonly quality: number;
}

/**
 * The media type that an answer has under an Accept header, or `null` when the client takes neither of the two. No header
 * means application/json. GraphQL over HTTP, section 6.1; quality values as RFC 9110, section 12.4.2.
 */
export function chooseMediaType(accept: string | undefined): MediaType | null {
  if (accept === undefined || accept.trim() === '') return JSON_TYPE;
  const ranges = parseAccept(accept);
  const json = qualityOf(JSON_TYPE, ranges);
  const graphql = qualityOf(GRAPHQL_TYPE, ranges);
  if (json.quality === 0 && graphql.quality === 0) return null;
  if (json.quality !== graphql.quality) return json.quality > graphql.quality ? JSON_TYPE : GRAPHQL_TYPE;
  return graphql.index < json.index ? GRAPHQL_TYPE : JSON_TYPE;
}

/** Whether the client names text/html, as a browser's address bar does and an API client does not. */
export function prefersHtml(accept: string | undefined): boolean {
  return parseAccept(accept ?? '').some(({ type, quality }) => type === 'text/html' && quality > 0);
}

/** Whether the client names text/event-stream, and names it before the types of a single answer or wants it more. */
export function prefersEventStream(accept: string | undefined): boolean {
  const ranges = parseAccept(accept ?? '');
  const index = ranges.findIndex(({ type }) => type === EVENT_STREAM_TYPE);
  const quality = ranges[index]?.quality ?? 0;
  return (
    quality > 0 &&
    ranges.every(
      (range, place) =>
        !SINGLE_TYPES.has(range.type) ||
        range.quality < quality ||
        (range.quality === quality && place > index),
    )
  );
}

/** Types that an answer to a single request may have, and ranges in which they are. */
const SINGLE_TYPES: ReadonlySet<string> = new Set([JSON_TYPE, GRAPHQL_TYPE, 'application/*', '*/*']);

function parseAccept(accept: string): Range[] {
  return accept.split(',').map((part) => {
    const [type = '', ...parameters] = part.split(';').map((piece) => piece.trim().toLowerCase());
    const quality = parameters.find((parameter) => /^q\s*=/.test(parameter))?.replace(/^q\s*=\s*/, '');
    const charset = parameters.find((parameter) => parameter.startsWith('charset='));
    const isUtf8 = charset === undefined || /^charset="?utf-?8"?$/.test(charset);
    return { type, quality: isUtf8 ? toQuality(quality) : 0 };
  });
}

function toQuality(text: string | undefined): number {
  const quality = text === undefined ? 1 : Number(text);
  return quality >= 0 && quality <= 1 ? quality : 0;
}

/** The most specific range decides; `index` is its place in the header. */
function qualityOf(type: MediaType, ranges: readonly Range[]): { quality: number; index: number } {
  for (const name of [type, 'application/*', '*/*']) {
    const index = ranges.findIndex((range) => range.type === name);
    const range = ranges[index];
    if (range !== undefined) return { quality: range.quality, index };
  }
  return { quality: 0, index: ranges.length };
}
