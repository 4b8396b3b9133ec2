import { describe, expect, it } from 'vitest';

import { isOwnName } from './own-names.ts';

describe('the names of this server', () => {
  it.each([
    'runAgent',
    'run(id:)',
    'createSession(agentId:, name:)',
    'RunFinished',
    'Run.output',
    'RunAgentInput.userId',
    'PAUSED',
    'agents:<id>:run',
    'agents:x:run',
    'system:read',
    'agent_os:admin',
    'JWT_AUDIENCE',
    'needsApproval',
    'maxToolCalls',
    'defineApp',
  ])('hold %s', (name) => {
    expect(isOwnName(name)).toBe(true);
  });

  it.each([
    'runAgents',
    'run(session:)',
    'run()',
    'RunStopped',
    'Run.text',
    'Runs.output',
    'DONE',
    'agents:delete',
    'sessions:<id>:read',
    'teams:read',
    'JWT_KEY',
    'maxCalls',
    'toString',
    'constructor(x:)',
  ])('do not hold %s', (name) => {
    expect(isOwnName(name)).toBe(false);
  });
});
