import type { IncomingMessage } from 'node:http';
import { MIMEType } from 'node:util';

import { LimitExceededError } from '../errors.ts';
import { HttpProblem } from './http-problem.ts';

/**
 * The JSON value in a request's body. Throws `HttpProblem` for a body that is not JSON in UTF-8 (RFC 8259, section 8.1) and
 * `LimitExceededError` (`bodyBytes`, 413) for one of more than `maxBytes`, of which no more than that is kept.
 */
export async function readJsonBody(request: IncomingMessage, maxBytes: number): Promise<unknown> {
  assertJson(request);
  const bytes = await readBytes(request, maxBytes);
  const text = decodeUtf8(bytes);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // The parser's own text quotes the body.
    throw new HttpProblem(400, 'The body is not JSON.');
  }
}

function assertJson({ headers }: IncomingMessage): void {
  const type = parseMimeType(headers['content-type']);
  if (type?.essence !== 'application/json') {
    throw new HttpProblem(415, 'The content-type must be application/json.', {
      'accept-post': 'application/json',
    });
  }
  const charset = type.params.get('charset');
  if (charset !== null && !/^utf-?8$/i.test(charset)) {
    throw new HttpProblem(415, 'The charset must be utf-8.', {
      'accept-post': 'application/json; charset=utf-8',
    });
  }
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    throw new HttpProblem(415, 'The body must not be compressed.', { 'accept-encoding': 'identity' });
  }
}

function parseMimeType(text: string | undefined): MIMEType | null {
  try {
    return new MIMEType(text ?? '');
  } catch {
    return null; // no media type at all
  }
}

function readBytes(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLarge(maxBytes);
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const chunks: Buffer[] = [];
  let length = 0;
  function onData(chunk: Buffer): void {
    length += chunk.length;
    if (length <= maxBytes) return void chunks.push(chunk);
    // Node reads the rest and drops it, so that the client sees the answer instead of a broken connection.
    request.off('data', onData).resume();
    reject(tooLarge(maxBytes));
  }
  request
    .on('data', onData)
    .once('end', () => resolve(Buffer.concat(chunks)))
    .once('error', () => reject(incomplete()))
    .once('close', () => {
      if (!request.readableEnded) reject(incomplete());
    });
  return promise;
}

function decodeUtf8(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new HttpProblem(400, 'The body is not UTF-8.');
  }
}

/** The client has left: nobody reads it. */
function incomplete(): HttpProblem {
  return new HttpProblem(400, 'The body is not complete.');
}

function tooLarge(maxBytes: number): LimitExceededError {
  return new LimitExceededError('bodyBytes', `The body goes beyond the limit bodyBytes (${maxBytes}).`, {
    status: 413,
  });
}
