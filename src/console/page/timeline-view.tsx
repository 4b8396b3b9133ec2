import { type ReactElement, useId } from 'react';

import { useNow } from '../../page/browser/use-now.ts';
import { describeDuration } from './describe-duration.ts';
import type { RunState } from './run-store.ts';
import { type Bar, LANES, type Lane, toBars } from './timeline.ts';
import { createTimeScale, type TimeScale } from './timeline-scale.ts';

const LANE_NAMES: Readonly<Record<Lane, string>> = { waiting: 'Waiting', model: 'Model', tool: 'Tools' };

const ROW_PX = 24;
const GAP_PX = 8;
const AXIS_PX = 24;
const TICK_MS = 200;

/** What a run spent its time on: as a picture, and in words. */
export function TimelineView({
  state: { transcript, run, phase },
}: {
  readonly state: RunState;
}): ReactElement {
  const isOpen = transcript.run === null;
  const now = useNow(TICK_MS, isOpen && phase === 'following');
  const createdAt = run === null ? null : Date.parse(run.createdAt);
  const bars = toBars({ spans: transcript.timeline, createdAt, now });
  if (transcript.timeline.length === 0) {
    const text =
      phase === 'told'
        ? 'The events of this run are no longer kept.'
        : isOpen
          ? 'It has not begun.'
          : 'Loading …';
    return <p className="timeline hint">{text}</p>;
  }
  return (
    <div className="timeline">
      <Picture bars={bars} />
      <TimeTable bars={bars} />
    </div>
  );
}

interface Row {
  readonly lane: Lane;
  readonly row: number;
  readonly top: number;
}

function Picture({ bars }: { readonly bars: readonly Bar[] }): ReactElement {
  const hatch = useId();
  const scale = createTimeScale(bars);
  const rows = placeRows(bars);
  const height = rows.length * (ROW_PX + GAP_PX) + AXIS_PX;
  return (
    <div className="timeline-picture">
      <svg className="timeline-names" width="64" height={height} aria-hidden="true">
        {rows
          .filter(({ row }) => row === 0)
          .map(({ lane, top }) => (
            <text key={lane} x="0" y={top + ROW_PX / 2} dominantBaseline="central">
              {LANE_NAMES[lane]}
            </text>
          ))}
      </svg>
      <svg className="timeline-bars" height={height} role="img" aria-label={describe(bars)}>
        <defs>
          <pattern
            id={hatch}
            width="6"
            height="6"
            patternUnits="userSpaceOnUse"
            patternTransform="rotate(45)"
          >
            <rect width="6" height="6" className="hatch-ground" />
            <rect width="2" height="6" className="hatch-line" />
          </pattern>
        </defs>
        <Axis scale={scale} height={height} />
        {bars.map((bar) => (
          <BarShape
            key={`${bar.lane} ${bar.name} ${bar.from}`}
            bar={bar}
            scale={scale}
            top={rows.find(({ lane, row }) => lane === bar.lane && row === bar.row)?.top ?? 0}
            hatch={hatch}
          />
        ))}
      </svg>
      {scale.isCut && <p className="hint">A long wait is drawn shorter than it was.</p>}
    </div>
  );
}

function placeRows(bars: readonly Bar[]): readonly Row[] {
  const rows = LANES.flatMap((lane) => {
    const count = Math.max(0, ...bars.filter((bar) => bar.lane === lane).map(({ row }) => row + 1));
    return Array.from({ length: count }, (_, row) => ({ lane, row }));
  });
  return rows.map((row, index) => ({ ...row, top: index * (ROW_PX + GAP_PX) }));
}

function Axis({ scale, height }: { readonly scale: TimeScale; readonly height: number }): ReactElement {
  return (
    <g className="axis">
      {scale.ticks.map(({ afterMs, percent }) => (
        <g key={afterMs}>
          <line x1={`${percent}%`} x2={`${percent}%`} y1="0" y2={height - AXIS_PX} />
          <text
            x={`${percent}%`}
            y={height - 8}
            textAnchor={percent < 4 ? 'start' : percent > 96 ? 'end' : 'middle'}
          >
            {afterMs === 0 ? '0' : describeDuration(afterMs)}
          </text>
        </g>
      ))}
    </g>
  );
}

/** Of the width. What has no room in its bar ends in an ellipsis; the table has all names. */
const ROOM_FOR_NAME = 8;

function BarShape({
  bar,
  scale,
  top,
  hatch,
}: {
  readonly bar: Bar;
  readonly scale: TimeScale;
  readonly top: number;
  readonly hatch: string;
}): ReactElement {
  const left = scale.toPercent(bar.from);
  const width = Math.max(0.4, scale.toPercent(bar.to) - left);
  const label = `${bar.name}, ${describeDuration(bar.to - bar.from)}`;
  return (
    <g className={`bar ${bar.lane}${bar.isOpen ? ' open' : ''}`}>
      <title>{label}</title>
      <rect
        x={`${left}%`}
        y={top}
        width={`${width}%`}
        height={ROW_PX}
        rx="3"
        {...(bar.lane === 'waiting' && { fill: `url(#${hatch})` })}
      />
      {width > ROOM_FOR_NAME && (
        <foreignObject x={`${left}%`} y={top} width={`${width}%`} height={ROW_PX}>
          <p>{label}</p>
        </foreignObject>
      )}
    </g>
  );
}

function TimeTable({ bars }: { readonly bars: readonly Bar[] }): ReactElement {
  const start = bars[0]?.from ?? 0;
  return (
    <table>
      <caption className="unseen">What the run spent its time on</caption>
      <thead>
        <tr>
          <th scope="col">What</th>
          <th scope="col">Name</th>
          <th scope="col">After</th>
          <th scope="col">Took</th>
        </tr>
      </thead>
      <tbody>
        {bars.map((bar) => (
          <tr key={`${bar.lane} ${bar.name} ${bar.from}`}>
            <td>{LANE_NAMES[bar.lane]}</td>
            <td>{bar.name}</td>
            <td>{describeDuration(bar.from - start)}</td>
            <td>{bar.isOpen ? 'goes on' : describeDuration(bar.to - bar.from)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function describe(bars: readonly Bar[]): string {
  const end = Math.max(...bars.map(({ to }) => to));
  return `Timeline of ${describeDuration(end - (bars[0]?.from ?? end))} in ${bars.length} parts; the table after it says the same.`;
}
