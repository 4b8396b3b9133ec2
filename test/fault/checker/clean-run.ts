import { type LogRecord, type RunEvidence, type StepRecord, type View } from './evidence.ts';
import { toSeen } from './check-views.ts';

const RUN = '00000000-0000-7000-8000-000000000001';
const at = (seconds: number): Date => new Date(Date.UTC(2026, 0, 1, 0, 0, seconds));

const charge = {
  id: 'charge',
  name: 'charge',
  arguments: { seed: 1, turn: 0 },
  error: null,
  startedAt: at(3).toISOString(),
};
const payments = { ...charge, id: 'pay', name: 'pay', arguments: { seed: 1, turn: 1 } };

const EVENTS: readonly [string, object][] = [
  ['RunStarted', { attempt: 1, model: 'test' }],
  ['TextDelta', { messageId: 'm1', delta: 'I look. ' }],
  ['ToolCallStarted', { toolCall: { ...charge, result: null, status: 'RUNNING', finishedAt: null } }],
  // Its node died, and the tool was made once more after a decision.
  ['RunStarted', { attempt: 2, model: 'test' }],
  [
    'ApprovalRequested',
    { toolCall: { ...charge, result: null, status: 'PENDING_APPROVAL', finishedAt: null } },
  ],
  [
    'ApprovalResolved',
    { approved: true, toolCall: { ...charge, result: null, status: 'UNKNOWN', finishedAt: null } },
  ],
  ['RunStarted', { attempt: 3, model: 'test' }],
  [
    'ToolCallFinished',
    { toolCall: { ...charge, result: 1, status: 'COMPLETED', finishedAt: at(8).toISOString() } },
  ],
  ['TextDelta', { messageId: 'm2', delta: 'Half' }],
  // Its node died in the middle of the answer.
  ['RunStarted', { attempt: 4, model: 'test' }],
  ['MessageSuperseded', { messageId: 'm2' }],
  ['TextDelta', { messageId: 'm3', delta: 'I pay. ' }],
  ['ToolCallStarted', { toolCall: { ...payments, result: null, status: 'RUNNING', finishedAt: null } }],
  [
    'ToolCallFinished',
    { toolCall: { ...payments, result: 1, status: 'COMPLETED', finishedAt: at(14).toISOString() } },
  ],
  ['TextDelta', { messageId: 'm4', delta: 'All ' }],
  ['TextDelta', { messageId: 'm4', delta: 'done.' }],
  ['RunFinished', {}],
];

/** A run that went through much and is in order: each rule of the checker is tried by one change to it. */
export function createCleanRun(): RunEvidence {
  const run = {
    id: RUN,
    status: 'COMPLETED',
    attempt: 4,
    recoveries: 2,
    last_seq: EVENTS.length,
    output: 'All done.',
    error_code: null,
  };
  const log: LogRecord[] = EVENTS.map(([type, payload], index) => ({
    run_id: RUN,
    seq: index + 1,
    type,
    payload,
    at: at(index + 1),
  }));
  const view = (name: string, after: number): View => ({
    name,
    after,
    events: log.slice(after).map((record) => toSeen(record, run)),
    isComplete: true,
  });
  return {
    runId: RUN,
    run,
    log,
    steps: [
      ...['m1', 'm2', 'm3', 'm4'].map((id) => createModelStep(id)),
      createToolStep('charge', charge.arguments),
      createToolStep('pay', payments.arguments),
    ],
    approvals: [{ run_id: RUN, tool_call_id: 'charge', kind: 'OUTCOME', status: 'APPROVED', used_at: at(7) }],
    views: [view('one', 0), view('two', 4)],
    sideEffects: [
      { tool: 'charge', effect: 'once', key: `${RUN}:charge`, arguments: charge.arguments, at: at(3) },
      { tool: 'charge', effect: 'once', key: `${RUN}:charge`, arguments: charge.arguments, at: at(8) },
      { tool: 'pay', effect: 'once', key: `${RUN}:pay`, arguments: payments.arguments, at: at(13) },
    ],
    finalText: 'All done.',
    toldStatuses: ['QUEUED', 'RUNNING', 'COMPLETED'],
    cancelAsked: false,
  };
}

const TEXTS: Readonly<Record<string, string>> = { m1: 'I look. ', m3: 'I pay. ', m4: 'All done.' };

function createModelStep(id: string): StepRecord {
  const content = TEXTS[id];
  const status = content === undefined ? 'SUPERSEDED' : 'COMPLETED';
  const nothing = { tool_name: null, effect: null, idempotency_key: null, arguments: null };
  return { run_id: RUN, id, kind: 'model', status, content: content ?? '', ...nothing };
}

function createToolStep(name: string, given: object): StepRecord {
  return {
    run_id: RUN,
    id: name,
    kind: 'tool',
    status: 'COMPLETED',
    content: '1',
    tool_name: name,
    effect: 'once',
    idempotency_key: `${RUN}:${name}`,
    arguments: given,
  };
}
