import { readFileSync } from 'node:fs';

import { expect, test } from 'vitest';
import { parse } from 'yaml';

import { Metrics } from '../../src/metric/metrics.ts';
import { type Vitals } from '../../src/metric/vitals.ts';
import { namesIn, readMetricNames } from '../_util/metric-names.ts';

const read = (file: string): string => readFileSync(new URL(`../../deploy/${file}`, import.meta.url), 'utf8');

interface AlertRules {
  readonly groups: readonly {
    readonly rules: readonly {
      readonly alert: string;
      readonly expr: string;
      readonly annotations: { summary: string };
    }[];
  }[];
}

interface Dashboard {
  readonly panels: readonly {
    readonly id: number;
    readonly type: string;
    readonly title: string;
    readonly targets?: readonly { readonly expr: string }[];
  }[];
  readonly templating: { readonly list: readonly { readonly definition?: string }[] };
}

const rules = (parse(read('alert-rules.yaml')) as AlertRules).groups.flatMap((group) => group.rules);
const dashboard = JSON.parse(read('grafana-dashboard.json')) as Dashboard;

/** Of a process of which nothing has been asked yet. */
const vitals: Vitals = {
  queue: async () => ({ open: { QUEUED: 0 }, claimable: 0, oldestSeconds: 0 }),
  activeRuns: () => 0,
  freeSlots: () => 0,
  flushLagSeconds: () => 0,
  readers: () => 0,
  connections: () => ({ websocket: 0 }),
  pools: () => ({ requests: { size: 1, used: 0, idle: 0, waiting: 0 } }),
  isLeaseHeld: () => true,
  leaseAgeSeconds: () => 0,
  loopLagSeconds: () => 0,
  isReady: async () => true,
};

async function readExposition(changes: Partial<Vitals> = {}): Promise<string> {
  const metrics = new Metrics({ version: '1.0.0', role: 'all' });
  metrics.watch({ ...vitals, ...changes });
  return (await metrics.read()).text;
}

const known = readMetricNames(await readExposition());

test('names are found in expressions as Prometheus reads them', () => {
  const expression =
    'histogram_quantile(0.99, sum by (le, agent) (rate(a_bucket{b="c_total", d=~"$e"}[5m]))) > 2e3 and on (f) g:h offset 5m or sum(i) without (j)';
  expect(namesIn(expression)).toEqual(['a_bucket', 'g:h', 'i']);
});

test.each(rules)('the alert $alert asks for figures that there are', ({ expr, annotations }) => {
  const names = namesIn(expr);
  expect(names).not.toEqual([]);
  // Prometheus' own, of each scrape.
  expect(names.filter((name) => name !== 'up' && !known.has(name))).toEqual([]);
  expect(annotations.summary).not.toBe('');
});

test.each(dashboard.panels.filter(({ type }) => type !== 'row'))(
  'the panel "$title" asks for figures that there are',
  ({ targets = [] }) => {
    const names = targets.flatMap(({ expr }) => namesIn(expr));
    expect(names).not.toEqual([]);
    expect(names.filter((name) => !known.has(name))).toEqual([]);
  },
);

test('the dashboard shows every figure of ours, and each panel has a number of its own', () => {
  const expressions = dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
  const definitions = dashboard.templating.list.flatMap(({ definition = '' }) => namesIn(definition));
  const shown = new Set([...expressions.flatMap(namesIn), ...definitions]);
  const own = [...known].filter((name) => name.startsWith('ambit_') && !/_(?:sum|count)$/.test(name));
  expect(own.filter((name) => !shown.has(name))).toEqual([]);
  const ids = dashboard.panels.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

test('a database that is away takes the figures of the queue with it, and no others', async () => {
  const text = await readExposition({ queue: () => Promise.reject(new Error('away')) });
  expect(text).toMatch(/^ambit_lease_held 1$/m);
  expect(text).not.toMatch(/^ambit_queue_depth \d/m);
  expect(text).not.toMatch(/^ambit_queue_oldest_seconds \d/m);
  expect(await readExposition()).toMatch(/^ambit_queue_depth 0$/m);
});

test('the page of operations names every figure of ours, and no other', () => {
  const page = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');
  const told = new Set([...page.matchAll(/`(ambit_\w+)`/g)].map(([, name = '']) => name));
  const own = [...known].filter((name) => name.startsWith('ambit_'));
  const wholes = own.map((name) => name.replace(/_(?:bucket|sum|count)$/, ''));
  expect([...told].toSorted()).toEqual([...new Set(wholes)].toSorted());
});
