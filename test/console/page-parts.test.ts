import { describe, expect, it } from 'vitest';

import type { TimelineSpan } from '../../src/client/timeline.ts';
import { cellOf } from '../../src/console/page/access-map.ts';
import { describeDuration } from '../../src/console/page/describe-duration.ts';
import { parseRoute, type Route, toHash } from '../../src/console/page/route.ts';
import { createTimeScale } from '../../src/console/page/timeline-scale.ts';
import { toBars } from '../../src/console/page/timeline.ts';

const START = Date.parse('2026-01-31T12:00:00.000Z');
const at = (ms: number): string => new Date(START + ms).toISOString();

describe('the address', () => {
  it.each<Route>([
    { view: 'start', agentId: null },
    { view: 'start', agentId: 'web-search-agent' },
    { view: 'session', id: 'a/b%c#d é' },
    { view: 'run', id: '0198' },
    { view: 'access' },
  ])('names %j, and is read as that again', (route) => {
    expect(parseRoute(toHash(route))).toEqual(route);
  });

  it.each(['', '#', '#run/', '#nothing/1', '#run/%E0%A4%A', '#/run/1'])('%j is the start', (hash) => {
    expect(parseRoute(hash)).toEqual({ view: 'start', agentId: null });
  });
});

describe('a length of time', () => {
  it.each([
    [0, '0 ms'],
    [999, '999 ms'],
    [1000, '1.0 s'],
    [9960, '10 s'],
    [59_949, '60 s'],
    [60_000, '1 min'],
    [250_000, '4 min 10 s'],
    [3_600_000, '1 h'],
    [11_100_000, '3 h 5 min'],
    [172_800_000, '2 days'],
  ])('of %d ms is %s', (ms, words) => {
    expect(describeDuration(ms)).toBe(words);
  });
});

describe('the timeline', () => {
  const span = (
    kind: TimelineSpan['kind'],
    id: string,
    [from, to]: [number, number | null],
  ): TimelineSpan => ({
    kind,
    id,
    label: kind === 'model' ? 'm' : 't',
    startedAt: at(from),
    endedAt: to === null ? null : at(to),
  });
  const show = (spans: readonly TimelineSpan[], now = 0): string[] =>
    toBars({ spans, createdAt: START, now: START + now }).map(
      ({ lane, name, from, to, row, isOpen }) =>
        `${lane} ${name} ${from - START}-${to - START} row ${row}${isOpen ? ' open' : ''}`,
    );

  it('begins with the wait for a turn', () => {
    expect(show([], 500)).toEqual(['waiting Queue 0-500 row 0 open']);
    expect(show([span('model', '1', [100, null])], 500)).toEqual([
      'waiting Queue 0-100 row 0',
      'model m 100-500 row 0 open',
    ]);
  });

  it('has calls that overlap below each other', () => {
    const spans = [
      span('tool', 'a', [100, 300]),
      span('tool', 'b', [200, 400]),
      span('tool', 'c', [300, 500]),
    ];
    expect(show(spans).slice(1)).toEqual([
      'tool t 100-300 row 0',
      'tool t 200-400 row 1',
      'tool t 300-500 row 0',
    ]);
  });

  it('between a decision and its call shows a wait, not the model', () => {
    const spans = [
      span('model', '1', [10, 20]),
      span('waiting', 'a', [20, 100]),
      span('model', '2', [100, 110]),
      span('model', '3', [110, 120]),
      span('tool', 'a', [120, 130]),
      span('model', '4', [130, 200]),
    ];
    expect(show(spans)).toEqual([
      'waiting Queue 0-10 row 0',
      'model m 10-20 row 0',
      'waiting Approval of t 20-100 row 0',
      'waiting Queue 100-120 row 0',
      'tool t 120-130 row 0',
      'model m 130-200 row 0',
    ]);
  });

  it('is drawn evenly, but for a wait that would leave no room for anything else', () => {
    const even = createTimeScale(
      toBars({ spans: [span('model', '1', [10, 1000])], createdAt: START, now: 0 }),
    );
    expect([even.isCut, even.toPercent(START + 500)]).toEqual([false, 50]);
    expect(even.ticks.map(({ afterMs }) => afterMs)).toEqual([0, 200, 400, 600, 800, 1000]);
    const spans = [
      span('model', '1', [0, 1000]),
      span('waiting', 'a', [1000, 86_400_000]),
      span('tool', 'a', [86_400_000, 86_402_000]),
    ];
    const cut = createTimeScale(toBars({ spans, createdAt: START, now: 0 }));
    expect([cut.isCut, cut.ticks]).toEqual([true, []]);
    const places = [0, 1000, 86_400_000, 86_402_000].map((ms) => Math.round(cut.toPercent(START + ms)));
    expect(places).toEqual([0, 25, 50, 100]);
  });
});

describe('a cell of the access map', () => {
  const entry = (...requirements: { anyOf: string[]; heldBy: string[] }[]) => ({
    coordinate: 'Query.x',
    isPublic: false,
    reach: 'SOME' as const,
    requirements: requirements.map((one) => ({ ...one, reach: 'SOME' as const, isOwnHeld: false })),
  });
  it.each([
    ['agents:read', ['agents:<id>:read'], 'all'],
    ['agents:*:read', ['agents:<id>:read'], 'all'],
    ['agents:a:read', ['agents:<id>:read'], 'some'],
    ['agents:a:read', ['agents:a:read'], 'all'],
    ['agent_os:admin', ['agents:<id>:read'], 'all'],
  ])('of %s for %j is %s', (scope, anyOf, cell) => {
    expect(cellOf(entry({ anyOf, heldBy: [scope] }), scope)).toBe(cell);
  });

  it('of a scope that meets one of two requirements is a part', () => {
    const both = entry({ anyOf: ['a:read'], heldBy: ['a:read'] }, { anyOf: ['b:read'], heldBy: [] });
    expect([cellOf(both, 'a:read'), cellOf(both, 'b:read')]).toEqual(['part', 'none']);
  });
});
