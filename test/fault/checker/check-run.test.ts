import { describe, expect, it } from 'vitest';

import { checkRun } from './check-run.ts';
import { createCleanRun } from './clean-run.ts';
import { type LogRecord, type ProblemKind, type RunEvidence, type View } from './evidence.ts';

type Fault = readonly [string, ProblemKind, (clean: RunEvidence) => Partial<RunEvidence>];

/** The log and nothing else: what subscribers saw is then compared with what was stored before. */
function logOf(change: (log: LogRecord[]) => LogRecord[]): Fault[2] {
  return ({ log }) => ({ log: change([...log]), views: [] });
}

function viewOf(change: (view: View) => Partial<View>): Fault[2] {
  return ({ views }) => ({ views: views.map((view) => ({ ...view, ...change(view) })) });
}

function runOf(change: Partial<NonNullable<RunEvidence['run']>>): Fault[2] {
  return ({ run }) => ({ run: run === null ? null : { ...run, ...change }, views: [] });
}

const renumber = (log: LogRecord[]): LogRecord[] =>
  log.map((record, index) => ({ ...record, seq: index + 1 }));

/** Without the events of that type, and numbered as if they had never been there. */
const without = (type: string): Fault[2] =>
  logOf((log) => renumber(log.filter((event) => event.type !== type)));

const FAULTS: readonly Fault[] = [
  ['an event is missing in the log', 'lost', logOf((log) => log.toSpliced(3, 1))],
  ['an event is twice in the log', 'doubled', logOf((log) => log.toSpliced(3, 0, ...log.slice(3, 4)))],
  ['an event is missing at the beginning', 'lost', logOf((log) => log.slice(1))],
  ['a subscriber missed an event', 'lost', viewOf(({ events }) => ({ events: events.toSpliced(3, 1) }))],
  [
    'a subscriber saw an event twice',
    'doubled',
    viewOf(({ events }) => ({ events: events.toSpliced(3, 0, ...events.slice(3, 4)) })),
  ],
  [
    'a subscriber saw events in another order',
    'doubled',
    viewOf(({ events }) => ({ events: events.toSpliced(3, 2, ...events.slice(3, 5).toReversed()) })),
  ],
  [
    'a subscriber was told too early that all is said',
    'lost',
    viewOf(({ events }) => ({ events: events.slice(0, -2) })),
  ],
  [
    'a subscriber saw other text than is stored',
    'altered',
    viewOf(({ events }) => ({
      events: events.map((event) =>
        event.__typename === 'TextDelta' ? { ...event, delta: 'other' } : event,
      ),
    })),
  ],
  [
    'a subscriber saw an event that is not stored',
    'lost',
    viewOf(({ events }) => ({
      events: [...events, { __typename: 'TextDelta', seq: events.length + 99, delta: 'more' }],
      isComplete: false,
    })),
  ],
  [
    'a subscriber saw another end than is stored',
    'altered',
    ({ run }) => ({ run: run === null ? null : { ...run, output: 'All done' } }),
  ],
  ['RunFinished is missing', 'end', logOf((log) => log.slice(0, -1))],
  ['RunFinished is there twice', 'end', logOf((log) => renumber([...log, ...log.slice(-1)]))],
  [
    'something comes after RunFinished',
    'end',
    logOf((log) => renumber([...log.toSpliced(-1, 1), ...log.slice(-1), ...log.slice(1, 2)])),
  ],
  ['RunFinished is not where the run says', 'end', runOf({ last_seq: 16 })],
  ['the run never ended', 'end', runOf({ status: 'RUNNING' })],
  ['the run waits to be taken up', 'end', runOf({ status: 'QUEUED' })],
  ['the run is unknown', 'end', () => ({ run: null })],
  ['the run waits for a decision that nobody asks for', 'end', runOf({ status: 'PAUSED' })],
  ['the run failed, and no node died of it', 'end', runOf({ status: 'FAILED', error_code: 'INTERRUPTED' })],
  [
    'the run failed for the model',
    'end',
    runOf({ status: 'FAILED', error_code: 'MODEL_ERROR', recoveries: 9 }),
  ],
  ['the run was cancelled by nobody', 'end', runOf({ status: 'CANCELLED' })],
  ['a client was told of another end', 'end', () => ({ toldStatuses: ['RUNNING', 'CANCELLED'] })],
  ['a claim was not told', 'altered', without('RunStarted')],
  ['a claim was told that was none', 'altered', runOf({ attempt: 3 })],
  ['the output lacks text', 'text', runOf({ output: 'All ' })],
  ['text of the model is missing everywhere', 'text', () => ({ finalText: 'All is done.' })],
  [
    'the log lacks text of an earlier message',
    'text',
    logOf((log) =>
      log.map((event) =>
        event.payload.messageId === 'm3' ? { ...event, payload: { ...event.payload, delta: 'I' } } : event,
      ),
    ),
  ],
  ['a broken off message was not superseded', 'text', without('MessageSuperseded')],
  [
    'a superseded message goes on',
    'text',
    logOf((log) => renumber(log.toSpliced(11, 0, ...log.slice(8, 9)))),
  ],
  [
    'a whole message was superseded',
    'text',
    logOf((log) => {
      const superseding = log.slice(10, 11).map((event) => ({ ...event, payload: { messageId: 'm1' } }));
      return renumber(log.toSpliced(11, 0, ...superseding));
    }),
  ],
  ['a tool was executed twice without a decision', 'repeated', () => ({ approvals: [] })],
  [
    'a tool was executed twice, and the decision came later',
    'repeated',
    ({ approvals }) => ({
      approvals: approvals.map((row) => ({ ...row, used_at: new Date(Date.UTC(2027, 0)) })),
    }),
  ],
  [
    'a tool was executed a third time after one decision',
    'repeated',
    ({ sideEffects }) => ({
      sideEffects: [
        ...sideEffects,
        ...sideEffects.slice(1, 2).map((effect) => ({ ...effect, at: new Date(Date.UTC(2027, 0)) })),
      ],
    }),
  ],
  [
    'a tool was executed before it was approved',
    'repeated',
    ({ approvals, run }) => ({
      approvals: [
        ...approvals,
        { run_id: run?.id ?? '', tool_call_id: 'pay', kind: 'CALL', status: 'APPROVED', used_at: null },
      ],
    }),
  ],
  [
    'a tool was executed that was refused',
    'repeated',
    ({ steps }) => ({
      steps: steps.map((step) => (step.id === 'pay' ? { ...step, status: 'REJECTED' } : step)),
    }),
  ],
  [
    'a finished tool was never executed',
    'tool',
    ({ sideEffects }) => ({ sideEffects: sideEffects.slice(0, 2) }),
  ],
  [
    'a tool was executed again under another key',
    'tool',
    ({ sideEffects }) => ({
      sideEffects: sideEffects.map((effect, index) => (index === 1 ? { ...effect, key: 'other' } : effect)),
    }),
  ],
  [
    'a tool was executed again with other arguments',
    'tool',
    ({ sideEffects }) => ({
      sideEffects: sideEffects.map((effect) => ({ ...effect, arguments: { seed: 2 } })),
    }),
  ],
  [
    'two calls have one key',
    'tool',
    ({ steps, sideEffects }) => ({
      steps: steps.map((step) =>
        step.kind === 'tool' ? { ...step, idempotency_key: sideEffects[0]?.key ?? '' } : step,
      ),
    }),
  ],
  ['the end of a call was not told', 'tool', without('ToolCallFinished')],
  ['the beginning of a call was not told', 'tool', without('ToolCallStarted')],
  [
    'the beginning of a call was told twice',
    'tool',
    logOf((log) => renumber(log.toSpliced(3, 0, ...log.slice(2, 3)))),
  ],
  [
    'a call was told to have gone otherwise',
    'tool',
    ({ steps }) => ({
      steps: steps.map((step) => (step.id === 'pay' ? { ...step, status: 'FAILED' } : step)),
    }),
  ],
  ['a question was not told', 'tool', without('ApprovalRequested')],
  ['a decision was not told', 'tool', without('ApprovalResolved')],
];

describe('the checker', () => {
  it('finds nothing in a run that is in order', () => {
    expect(checkRun(createCleanRun())).toEqual([]);
  });

  it('finds nothing in a run that waits for an open decision', () => {
    const clean = createCleanRun();
    const paused: RunEvidence = {
      ...clean,
      run: clean.run && { ...clean.run, status: 'PAUSED', last_seq: 0, attempt: 2 },
      log: clean.log.slice(0, 5),
      views: [],
      approvals: clean.approvals.map((row) => ({ ...row, status: 'PENDING', used_at: null })),
      sideEffects: clean.sideEffects.slice(0, 1),
      steps: clean.steps.map((step) =>
        step.id === 'charge' || step.id === 'pay' ? { ...step, status: 'UNKNOWN' } : step,
      ),
      toldStatuses: ['PAUSED'],
    };
    expect(checkRun(paused)).toEqual([]);
  });

  it.each(FAULTS)('finds that %s (%s)', (_title, kind, change) => {
    const clean = createCleanRun();
    const problems = checkRun({ ...clean, ...change(clean) });
    expect(problems.map((problem) => problem.kind)).toContain(kind);
  });
});
