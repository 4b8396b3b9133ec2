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
  const bars = withoutFalseTurns(spans)
    .map((span) => toBar(span, now))
    // The model is asked for nothing between two calls of one turn.
    .filter(({ lane, from, to, isOpen }) => lane !== 'model' || to > from || isOpen);
  return intoRows([...toQueueBar(bars, createdAt, now), ...bars]);
}

/** Between a decision and the call that it allows the run waits for its turn; the model is not asked. */
function withoutFalseTurns(spans: readonly TimelineSpan[]): readonly TimelineSpan[] {
  const waits = spans.flatMap((wait): TimelineSpan[] => {
    const call = spans.find(({ kind, id }) => wait.kind === 'waiting' && kind === 'tool' && id === wait.id);
    if (call === undefined || wait.endedAt === null || call.startedAt <= wait.endedAt) return [];
    return [{ ...wait, label: QUEUE, startedAt: wait.endedAt, endedAt: call.startedAt }];
  });
  const isFalse = ({ kind, startedAt, endedAt }: TimelineSpan): boolean =>
    kind === 'model' &&
    endedAt !== null &&
    waits.some((wait) => wait.startedAt <= startedAt && wait.endedAt !== null && endedAt <= wait.endedAt);
  return [...spans.filter((span) => !isFalse(span)), ...waits];
}

/** What a wait is called that is for a turn, and not for a decision. */
const QUEUE = 'Queue';

type Unplaced = Omit<Bar, 'row'>;

function toBar({ kind, label, startedAt, endedAt }: TimelineSpan, now: number): Unplaced {
  const from = Date.parse(startedAt);
  const name = kind === 'waiting' && label !== QUEUE ? `Approval of ${label}` : label;
  const to = endedAt === null ? Math.max(now, from) : Date.parse(endedAt);
  return { lane: kind, name, from, to, isOpen: endedAt === null };
}

function toQueueBar(bars: readonly Unplaced[], createdAt: number | null, now: number): Unplaced[] {
  if (createdAt === null) return [];
  const startedAt = bars.length === 0 ? undefined : Math.min(...bars.map(({ from }) => from));
  const to = Math.max(createdAt, startedAt ?? now);
  return [{ lane: 'waiting', name: QUEUE, from: createdAt, to, isOpen: startedAt === undefined }];
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
