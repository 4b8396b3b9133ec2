import { expect, test } from 'vitest';

import { singleFlight } from '../../src/lib/single-flight.ts';

test('all who ask while it is under way are answered by one, whoever comes later by the next', async () => {
  const outcomes: PromiseWithResolvers<number>[] = [];
  const ask = singleFlight(() => {
    const outcome = Promise.withResolvers<number>();
    outcomes.push(outcome);
    return outcome.promise;
  });
  const first = [ask(), ask(), ask()];
  outcomes[0]?.resolve(1);
  expect(await Promise.all(first)).toEqual([1, 1, 1]);
  const second = [ask(), ask()];
  outcomes[1]?.reject(new Error('no'));
  expect((await Promise.allSettled(second)).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  const third = ask();
  outcomes[2]?.resolve(3);
  expect(await third).toBe(3);
  expect(outcomes).toHaveLength(3);
});
