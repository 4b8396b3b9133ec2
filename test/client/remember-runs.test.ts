import { expect, it } from 'vitest';

import { rememberRuns } from '../../src/client.ts';

function createStorage(start: Record<string, string> = {}) {
  const values = new Map(Object.entries(start));
  return {
    getItem: (key: string) => values.get(key) ?? null,
    setItem: (key: string, value: string) => void values.set(key, value),
  };
}

it('remembers runs for whoever asks the same storage, and forgets them', () => {
  const storage = createStorage();
  rememberRuns(storage, 'runs').save({ runId: '1', agentId: 'bot' });
  rememberRuns(storage, 'runs').save({ runId: '2', agentId: 'bot', sessionId: 's' });
  rememberRuns(storage, 'runs').save({ runId: '1', agentId: 'bot', message: 'hi' });
  const runs = rememberRuns(storage, 'runs');
  expect(runs.list()).toEqual([
    { runId: '2', agentId: 'bot', sessionId: 's' },
    { runId: '1', agentId: 'bot', message: 'hi' },
  ]);
  runs.forget('2');
  expect(runs.list()).toHaveLength(1);
  expect(rememberRuns(storage, 'others').list()).toEqual([]);
});

it.each(['', '{', '{}', 'null', '[1, null, {"runId": 1}]'])('takes %s for nothing', (runs) => {
  expect(rememberRuns(createStorage({ runs }), 'runs').list()).toEqual([]);
});

it('keeps the last hundred, and lives with a storage that takes nothing', () => {
  const runs = rememberRuns(createStorage(), 'runs');
  for (let count = 0; count < 150; count++) runs.save({ runId: String(count), agentId: 'bot' });
  expect(runs.list().map(({ runId }) => Number(runId))).toEqual(
    Array.from({ length: 100 }, (_, index) => index + 50),
  );
  const refuse = (): never => {
    throw new DOMException('Full.', 'QuotaExceededError');
  };
  const full = rememberRuns({ getItem: refuse, setItem: refuse }, 'runs');
  full.save({ runId: '1', agentId: 'bot' });
  expect(full.list()).toEqual([]);
});
