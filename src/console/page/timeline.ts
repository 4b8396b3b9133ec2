import type { TimelineSpan } from '../../client/timeline.ts';

export const LANES = ['waiting', 'model', 'tool'] as const;
export type Lane = (typeof LANES)[number];

/** A stretch of a run, in milliseconds since 1970. */
export interface Bar {
  readonly lane: Lane;
  /** What a reader calls it. */
  readonly name: string;
  readonly from: number;
  readonly to: number;
  /** It has not ended yet. */
  readonly isOpen: boolean;
  /** Below each other where they overlap: the row within the lane, from 0. */
  readonly row: number;
}

export interface TimelineInput {
  readonly spans: readonly TimelineSpan[];
  /** When the run was stored, and waits since; `null`: not known. */
  readonly createdAt: number | null;
  /** What has not ended lasts until here. */
  readonly now: number;
}

/** What a run's time was spent on, the wait for its turn included, by when it began. */
export function toBars({ spans, createdAt, now }: TimelineInput): readonly Bar[] {
  const bars = spans
    .map((span) => toBar(span, now))
    // The model is asked for nothing between two calls of one turn.
    .filter(({ lane, from, to, isOpen }) => lane !== 'model' || to > from || isOpen);
  return intoRows([...toQueueBar(bars, createdAt, now), ...bars]);
}

type Unplaced = Omit<Bar, 'row'>;

function toBar({ kind, label, startedAt, endedAt }: TimelineSpan, now: number): Unplaced {
  const from = Date.parse(startedAt);
  const name = kind === 'waiting' ? `Approval of ${label}` : label;
  const to = endedAt === null ? Math.max(now, from) : Date.parse(endedAt);
  return { lane: kind, name, from, to, isOpen: endedAt === null };
}

function toQueueBar(bars: readonly Unplaced[], createdAt: number | null, now: number): Unplaced[] {
  if (createdAt === null) return [];
  const startedAt = bars[0]?.from;
  const to = Math.max(createdAt, startedAt ?? now);
  return [{ lane: 'waiting', name: 'Queue', from: createdAt, to, isOpen: startedAt === undefined }];
}

function intoRows(bars: readonly Unplaced[]): Bar[] {
  const ends = new Map<string, number>();
  return bars
    .toSorted((a, b) => a.from - b.from)
    .map((bar) => {
      let row = 0;
      while ((ends.get(`${bar.lane} ${row}`) ?? -Infinity) > bar.from) row += 1;
      ends.set(`${bar.lane} ${row}`, bar.to);
      return { ...bar, row };
    });
}
