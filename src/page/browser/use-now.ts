import { useEffect, useState } from 'react';

/** The time, in milliseconds since 1970, anew every so often; as long as it does not tick it stands still. */
export function useNow(tickMs: number, ticks = true): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (!ticks) return;
    const timer = setInterval(() => setNow(Date.now()), tickMs);
    return () => clearInterval(timer);
  }, [tickMs, ticks]);
  return now;
}
