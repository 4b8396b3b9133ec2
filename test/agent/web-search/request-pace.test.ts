import { describe, expect, it } from 'vitest';

import { RequestPace } from '../../../src/agent/web-search/request-pace.ts';
import { ToolError } from '../../../src/errors.ts';

const forever = new AbortController().signal;

describe('RequestPace', () => {
  it('lets turns come in order, an interval apart', async () => {
    let now = 5;
    const waits: number[] = [];
    const wait = async (ms: number): Promise<void> => {
      waits.push(ms);
      now += ms;
    };
    const pace = new RequestPace({ intervalMs: 1000, now: () => now, wait });
    const order: string[] = [];
    const names = ['a', 'b', 'c'];
    await Promise.all(names.map((name) => pace.turn(forever).then(() => order.push(name))));
    expect(order).toEqual(names);
    expect(waits).toEqual([1000, 1000]);
    now = 2600;
    await pace.turn(forever);
    now = 9000;
    await pace.turn(forever);
    expect(waits).toEqual([1000, 1000, 405]);
  });

  it('refuses who would wait behind too many', async () => {
    const pace = new RequestPace({ intervalMs: 60_000, maxWaiting: 2 });
    const run = new AbortController();
    await pace.turn(forever);
    const waiting = [pace.turn(run.signal), pace.turn(run.signal)];
    await expect(pace.turn(forever)).rejects.toThrow(ToolError);
    run.abort(new Error('over'));
    for (const turn of waiting) await expect(turn).rejects.toThrow('over');
  });

  it('spends no turn on who gives up, however many do', async () => {
    let now = 0;
    const pace = new RequestPace({ intervalMs: 60_000, now: () => now });
    await pace.turn(forever);
    for (let n = 0; n < 30; n += 1) {
      const run = new AbortController();
      const turn = pace.turn(run.signal);
      run.abort(new Error('over'));
      await expect(turn).rejects.toThrow('over');
    }
    now = 60_000;
    await pace.turn(forever);
  });
});
