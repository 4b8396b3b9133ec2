/** A length of time as it is read at a glance: `840 ms`, `3.2 s`, `4 min 10 s`, `3 h 5 min`, `2 days`. */
export function describeDuration(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(ms < 9950 ? 1 : 0)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600)
    return join({ count: Math.floor(seconds / 60), unit: 'min' }, { count: seconds % 60, unit: 's' });
  const minutes = Math.round(seconds / 60);
  if (minutes < 2880)
    return join({ count: Math.floor(minutes / 60), unit: 'h' }, { count: minutes % 60, unit: 'min' });
  return `${Math.round(minutes / 1440)} days`;
}

interface Amount {
  readonly count: number;
  readonly unit: string;
}

function join(large: Amount, small: Amount): string {
  return [large, small]
    .filter(({ count }) => count > 0)
    .map(({ count, unit }) => `${count} ${unit}`)
    .join(' ');
}
