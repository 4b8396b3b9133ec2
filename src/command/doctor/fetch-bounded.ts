/** A list of models is the longest that is asked for. */
const MAX_BYTES = 4 * 1024 ** 2;

export interface BoundedRequest {
  readonly timeoutMs: number;
  readonly headers?: Record<string, string>;
  /** Sent by POST as JSON; left out: a GET. */
  readonly body?: unknown;
}

/** What an address answers, body included, in bounded time and size; `null`: nothing, or not in time. */
export async function fetchBounded(
  url: string,
  { timeoutMs, headers = {}, body }: BoundedRequest,
): Promise<{ readonly status: number; readonly text: string } | null> {
  try {
    const response = await fetch(url, {
      signal: AbortSignal.timeout(timeoutMs),
      headers: body === undefined ? headers : { ...headers, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    });
    return { status: response.status, text: await readText(response) };
  } catch {
    // Why there is no answer says the system alone, in words that help nobody: refused, reset, not found, too late.
    return null;
  }
}

async function readText({ body }: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > MAX_BYTES) break;
  }
  return text + decoder.decode();
}
