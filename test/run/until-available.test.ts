import { describe, expect, it } from 'vitest';

import { ConflictError, UnavailableError } from '../../src/errors.ts';
import { RunStop } from '../../src/run/run-stop.ts';
import { storeStep, untilAvailable } from '../../src/run/until-available.ts';

const away = new UnavailableError('away');
const taken = new ConflictError('taken');

/** Answers or throws these, one a call. */
function script(...answers: unknown[]) {
  let calls = 0;
  const act = async (): Promise<boolean> => {
    const answer = answers[calls++];
    if (answer instanceof Error) throw answer;
    return answer === true;
  };
  return { act, calls: () => calls };
}

const { signal } = new AbortController();

describe('what waits for the database', () => {
  it('tries again while it is away, and stops at any other error', async () => {
    const away2 = script(away, true);
    expect(await untilAvailable(away2.act, signal)).toBe(true);
    expect(away2.calls()).toBe(2);
    await expect(untilAvailable(script(taken).act, signal)).rejects.toBe(taken);
  });

  it('does not begin, and does not go on, once its signal has aborted', async () => {
    const { act, calls } = script(true);
    await expect(untilAvailable(act, AbortSignal.abort('over'))).rejects.toBe('over');
    expect(calls()).toBe(0);
    const controller = new AbortController();
    const waiting = untilAvailable(script(away, away).act, controller.signal);
    controller.abort('over');
    await expect(waiting).rejects.toBe('over');
  });

  it('takes what is there already for its own only after a try that broke off', async () => {
    await storeStep(script(away, taken).act, signal);
    await expect(storeStep(script(taken).act, signal)).rejects.toBe(taken);
  });

  it('is told of a lost lease', async () => {
    await expect(storeStep(script(false).act, signal)).rejects.toBeInstanceOf(RunStop);
    await expect(storeStep(script(away, false).act, signal)).rejects.toBeInstanceOf(RunStop);
  });
});
