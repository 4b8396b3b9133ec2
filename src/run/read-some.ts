const EXCERPT_BYTES = 65_536;
const EXCERPT_MS = 1000;

/**
 * What comes within a second, up to about 64 kB, and then no more: of an answer that is no stream, and of what follows a stream's
 * end. A body that breaks off gives what was there before.
 */
export async function readSome(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<Uint8Array[]> {
  const parts: Uint8Array[] = [];
  const stop = (): void => void reader.cancel().catch(() => undefined); // it may have broken off
  const timer = setTimeout(stop, EXCERPT_MS);
  try {
    for (let bytes = 0; bytes < EXCERPT_BYTES; bytes += parts.at(-1)?.byteLength ?? 0) {
      const { done, value } = await reader.read();
      if (done) break;
      parts.push(value);
    }
  } catch {
    // The connection is gone, and there is no more to read.
  }
  clearTimeout(timer);
  stop();
  return parts;
}
