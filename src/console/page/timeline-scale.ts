import type { Bar } from './timeline.ts';

/** Where an instant is, in percent of the width. */
export interface TimeScale {
  toPercent(at: number): number;
  /** Round amounts of time since the beginning, as they are spaced out along the width. */
  readonly ticks: readonly { readonly at: number; readonly percent: number; readonly afterMs: number }[];
  /** Whether some wait is drawn shorter than it was. */
  readonly isCut: boolean;
}

/** A wait that would take more than this part of the picture is drawn as that part: an approval may wait for hours. */
const MAX_WAIT = 0.25;

interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly width: number;
}

/** The scale of a timeline: even, but for long waits. */
export function createTimeScale(bars: readonly Bar[]): TimeScale {
  const start = Math.min(...bars.map(({ from }) => from));
  const end = Math.max(start + 1, ...bars.map(({ to }) => to));
  const waits = idleWaits(bars);
  const busyMs = Math.max(1, end - start - sum(waits.map(({ from, to }) => to - from)));
  const shown = waits.map(({ from, to }) => Math.min(to - from, (busyMs * MAX_WAIT) / (1 - MAX_WAIT)));
  const stretches: Stretch[] = [];
  let at = start;
  for (const [index, wait] of waits.entries()) {
    stretches.push({ from: at, to: wait.from, width: wait.from - at });
    stretches.push({ from: wait.from, to: wait.to, width: shown[index] ?? 0 });
    at = wait.to;
  }
  stretches.push({ from: at, to: end, width: end - at });
  const total = Math.max(1, sum(stretches.map(({ width }) => width)));
  const toPercent = (instant: number): number => (100 * widthBefore(stretches, instant)) / total;
  const isCut = waits.some(({ from, to }, index) => (shown[index] ?? 0) < (to - from) * 0.99);
  return { toPercent, isCut, ticks: isCut ? [] : toTicks(start, end, toPercent) };
}

/** The waits of the run during which nothing else happened. */
function idleWaits(bars: readonly Bar[]): { from: number; to: number }[] {
  const busy = bars.filter(({ lane }) => lane !== 'waiting');
  const waits: { from: number; to: number }[] = [];
  for (const bar of bars.filter(({ lane }) => lane === 'waiting').toSorted((a, b) => a.from - b.from)) {
    const from = Math.max(bar.from, waits.at(-1)?.to ?? bar.from);
    const isOverlapped = busy.some((other) => other.from < bar.to && other.to > from);
    if (!isOverlapped && bar.to > from) waits.push({ from, to: bar.to });
  }
  return waits;
}

function widthBefore(stretches: readonly Stretch[], instant: number): number {
  let width = 0;
  for (const stretch of stretches) {
    if (instant >= stretch.to) width += stretch.width;
    else if (instant > stretch.from) {
      width += (stretch.width * (instant - stretch.from)) / (stretch.to - stretch.from);
    }
  }
  return width;
}

const STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 30_000, 60_000];

function toTicks(start: number, end: number, toPercent: TimeScale['toPercent']): TimeScale['ticks'] {
  const length = end - start;
  const step = STEPS.find((step) => length / step <= 5) ?? 60_000 * Math.ceil(length / 300_000);
  return Array.from({ length: Math.floor(length / step) + 1 }, (_, index) => {
    const afterMs = index * step;
    return { at: start + afterMs, percent: toPercent(start + afterMs), afterMs };
  });
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
