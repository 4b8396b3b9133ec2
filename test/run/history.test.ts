import { describe, expect, it } from 'vitest';

import { buildHistory } from '../../src/run/history.ts';
import { type ModelMessage } from '../../src/run/model.ts';
import { type Turn } from '../../src/store/history.ts';
import { type RunRow } from '../../src/store/run-row.ts';
import { type StepRow, toStep } from '../../src/store/step-row.ts';
import { type RunStatus, type StepTable } from '../../src/store/tables.ts';

const AT = new Date(0);
const CALL = { id: 'ours-1', callId: 'call_0', name: 'look', arguments: '{}' };

/** A step as the table holds it; what a test does not say is empty. */
function step(values: Partial<Record<keyof StepTable, unknown>>): StepRow {
  const row = { run_id: 'r', index: 0, id: 'i', session_id: 's', turn: 0, status: 'COMPLETED', content: '' };
  // The rows are read by `toStep` alone, which takes what is missing for null.
  return toStep({ ...row, created_at: AT, started_at: AT, finished_at: AT, ...values } as never);
}

function turn(status: RunStatus, ...steps: Partial<Record<keyof StepTable, unknown>>[]): Turn {
  // Only the status of a run counts.
  const run = { status } as RunRow;
  return { run, steps: [step({ kind: 'input', content: 'ask' }), ...steps.map(step)] };
}

const model = (content: string, tool_calls: unknown[] = []) => ({ kind: 'model', content, tool_calls });
const tool = (content: string, rest: object = {}) => ({ kind: 'tool', id: 'ours-1', content, ...rest });

function brief(messages: readonly ModelMessage[]): string[] {
  return messages.map((message) => {
    const calls = message.role === 'assistant' ? message.toolCalls.map(({ callId }) => `(${callId})`) : [];
    const answers = message.role === 'tool' ? [`(${message.callId})`] : [];
    return [message.role, ...calls, ...answers, message.content].filter((part) => part !== '').join(' ');
  });
}

describe('the history of a session', () => {
  it.each<[string, Turn, string[]]>([
    ['an answer', turn('COMPLETED', model('yes')), ['user ask', 'assistant yes']],
    ['no text at all', turn('COMPLETED', model('')), ['user ask']],
    [
      'a call and its result',
      turn('COMPLETED', model('', [CALL]), tool('42'), model('It is 42.')),
      ['user ask', 'assistant (call_0)', 'tool (call_0) 42', 'assistant It is 42.'],
    ],
    [
      'a call without a step',
      turn('EXPIRED', model('', [CALL])),
      [
        'user ask',
        'assistant (call_0)',
        'tool (call_0) The call was not made.',
        'assistant [No answer: the run met a limit.]',
      ],
    ],
    [
      'a call that is not over',
      turn('FAILED', model('', [CALL]), tool('', { finished_at: null })),
      [
        'user ask',
        'assistant (call_0)',
        'tool (call_0) The outcome of the call is not known.',
        'assistant [No answer: the run failed.]',
      ],
    ],
    [
      'an answer that was cancelled',
      turn('CANCELLED', model('It is')),
      ['user ask', 'assistant It is\n\n[This answer was cancelled here.]'],
    ],
    [
      'a run that was cancelled before its turn',
      turn('CANCELLED'),
      ['user ask', 'assistant [No answer: the run was cancelled.]'],
    ],
    [
      'calls of two answers under the same id of the vendor',
      turn(
        'COMPLETED',
        model('', [CALL]),
        tool('one'),
        model('', [{ ...CALL, id: 'ours-2' }]),
        tool('two', { id: 'ours-2' }),
        model('ok'),
      ),
      [
        'user ask',
        'assistant (call_0)',
        'tool (call_0) one',
        'assistant (call_0)',
        'tool (call_0) two',
        'assistant ok',
      ],
    ],
  ])('%s', async (_, past, expected) => {
    expect(brief(await buildHistory([past], 1000))).toEqual(expected);
  });

  it('takes whole turns, the newest first, as long as they fit, and reads no further', async () => {
    let read = 0;
    async function* past() {
      for (const text of ['three', 'two', 'x'.repeat(400), 'zero']) {
        read += 1;
        yield turn('COMPLETED', model(text));
      }
    }
    const messages = await buildHistory(past(), 50);
    expect(brief(messages)).toEqual(['user ask', 'assistant two', 'user ask', 'assistant three']);
    expect(read).toBe(3);
  });

  it('is empty for a budget that no turn fits', async () => {
    expect(await buildHistory([turn('COMPLETED', model('yes'))], 1)).toEqual([]);
  });
});
