import { getEventListeners } from 'node:events';

import { describe, expect, it } from 'vitest';

import { performRun } from '../../src/run/perform-run.ts';
import { cancelled } from '../../src/run/run-stop.ts';
import { startEngine } from './engine-fixture.ts';

describe('performing a run', () => {
  it('leaves nothing on the signals it was given', async () => {
    await using fixture = await startEngine('pglite');
    fixture.model.enqueue({ text: 'Hi.' });
    const { id } = await fixture.queue();
    const run = await fixture.store.claim(id);
    if (run === null) throw new Error('The run cannot be claimed.');
    const controller = new AbortController();
    const patience = new AbortController().signal;
    const outcome = await performRun(fixture.parts, run, { controller, patience });
    expect(outcome).toMatchObject({ status: 'COMPLETED', output: 'Hi.', metrics: { modelCalls: 1 } });
    expect(await fixture.text(id)).toBe('Hi.');
    expect(getEventListeners(patience, 'abort')).toEqual([]);
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
  });

  it('that must stop already asks no model and stores no step', async () => {
    await using fixture = await startEngine('pglite');
    const run = await fixture.store.running(await fixture.store.session({ agentId: 'bot' }));
    const controller = new AbortController();
    controller.abort(cancelled());
    const patience = new AbortController().signal;
    const outcome = await performRun(fixture.parts, run, { controller, patience });
    expect(outcome).toMatchObject({ status: 'CANCELLED', output: '', metrics: { modelCalls: 0 } });
    expect(await fixture.steps(run.id)).toHaveLength(1);
    expect(fixture.model.requests).toHaveLength(0);
  });
});
