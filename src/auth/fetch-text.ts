/** Longest an answer may take, body included, in milliseconds. */
export const FETCH_TIMEOUT_MS = 5_000;
/** Most bytes of an answer, unpacked. */
export const FETCH_MAX_BYTES = 262_144;

/**
 * The body that `url` answers with. Only a 200 will do: a redirect is not followed, since it could lead to keys of somebody
 * else's. Throws `Error` for any other answer, for one of more than 256 KiB, after five seconds, and when there is none.
 */
export async function fetchText(url: string, fetchUrl: typeof fetch): Promise<string> {
  try {
    return await readAnswer(await fetchUrl(url, toRequest()));
  } catch (cause) {
    throw new Error('There was no usable answer.', { cause });
  }
}

function toRequest(): RequestInit {
  return {
    redirect: 'manual',
    signal: AbortSignal.timeout(FETCH_TIMEOUT_MS),
    headers: { accept: 'application/jwk-set+json, application/json' },
  };
}

async function readAnswer({ status, body }: Response): Promise<string> {
  if (status !== 200) {
    await body?.cancel();
    throw new Error(`The answer was ${status}.`);
  }
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.byteLength;
    // Leaving the loop cancels the body.
    if (bytes > FETCH_MAX_BYTES) throw new Error(`The answer is over ${FETCH_MAX_BYTES} bytes.`);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
