import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { defineAgent } from '../../src/agent/agent.ts';
import { defineTool } from '../../src/agent/tool.ts';
import { offeredTools } from '../../src/run/offered-tools.ts';
import { GrantSet } from '../../src/scope/grant-set.ts';

const common = { description: 'A tool.', parameters: z.object({}), run: () => 1 };
const agent = defineAgent({
  id: 'bot',
  name: 'Bot',
  tools: [
    defineTool({ ...common, name: 'open' }),
    defineTool({ ...common, name: 'vault', scope: 'vault:read' }),
    defineTool({ ...common, name: 'one', scope: 'vault:1:read' }),
    defineTool({ ...common, name: 'asks', needsApproval: true }),
    defineTool({ ...common, name: 'may_ask', needsApproval: () => false }),
  ],
});

describe('the tools that a model is told of', () => {
  it.each<[string[], string[]]>([
    [[], ['open', 'asks', 'may_ask']],
    [['vault:read'], ['open', 'vault', 'one', 'asks', 'may_ask']],
    [['vault:*:read'], ['open', 'vault', 'one', 'asks', 'may_ask']],
    [['vault:1:read'], ['open', 'one', 'asks', 'may_ask']],
    [
      ['vault:2:read', 'vault:write'],
      ['open', 'asks', 'may_ask'],
    ],
    [['agent_os:admin'], ['open', 'vault', 'one', 'asks', 'may_ask']],
  ])('with %j: %j', (scopes, names) => {
    const tools = offeredTools(agent, { id: 'ann', grants: new GrantSet(scopes) });
    expect(tools.map(({ name }) => name)).toEqual(names);
  });
});
