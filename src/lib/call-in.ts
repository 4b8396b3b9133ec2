/** Calls `act` after so long, and with 0 or less as soon as what has arrived by now is read; returns what calls it off. */
export function callIn(ms: number, act: () => void): () => void {
  if (ms <= 0) {
    const handle = setImmediate(act);
    return () => clearImmediate(handle);
  }
  const handle = setTimeout(act, ms);
  return () => clearTimeout(handle);
}
