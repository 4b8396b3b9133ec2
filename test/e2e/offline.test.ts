import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

import { callers } from '../../src/demo/callers.ts';
import { readPage, startSearchServer } from '../agent/web-search/search-server.ts';
import { runAgentDocument, runEventsDocument } from '../_util/documents.ts';
import { runCommand, startServerProcess } from '../_util/server-process.ts';
import { startTestClient } from '../_util/test-client.ts';

const folder = await mkdtemp(join(tmpdir(), 'ambit-'));
const search = await startSearchServer(async ({ url }, response) => {
  response.end(url.pathname === '/html/' ? await readPage('web.html') : '');
});
// No setting of a model: whoever starts Ambit for the first time has none.
const server = await startServerProcess({ AMBIT_DATA_DIR: folder, SEARCH_BASE_URL: search.baseUrl });
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await search[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

function tokenOf(caller: string): string {
  const from = server.output.indexOf(`  ${caller}`);
  const line = server.output.slice(from).find((text) => text.startsWith('    token')) ?? '';
  return line.replace('    token', '').trim();
}

async function run(caller: string, agent: string, message: string) {
  const env = { AMBIT_URL: server.url, AMBIT_TOKEN: tokenOf(caller) };
  return await runCommand(['run', agent, message], env);
}

describe('ambit serve without any setting', () => {
  it('says that the offline model answers, and prints a block for each caller', () => {
    const output = server.output.join('\n');
    expect(output).toContain('The offline model answers every agent');
    for (const { id, may, scopes } of callers) {
      expect(output).toContain(
        `\n  ${id}\n    may     ${may}\n    scopes  ${scopes.join(' ')}\n    token   ey`,
      );
    }
  });

  it.skipIf(spawnSync('curl', ['--version']).status !== 0)(
    'prints a curl line that works as it is',
    async () => {
      const line = server.output.find((text) => text.trimStart().startsWith('curl ')) ?? '';
      const child = spawn('sh', ['-c', line], { stdio: ['ignore', 'pipe', 'inherit'] });
      const { data } = JSON.parse((await child.stdout.toArray()).join(''));
      expect(data.runAgent).toMatchObject({
        status: 'COMPLETED',
        output: expect.stringContaining('I am the offline model'),
      });
    },
  );

  it('answers with what the search finds, titles and addresses', async () => {
    const done = await run('limited_user', 'web-search-agent', 'Search the web for GraphQL directives');
    expect(done.code).toBe(0);
    expect(done.stdout).toContain('web_search found for “GraphQL directives”');
    expect(done.stdout).toContain("1. Schema Directives & You 'explained' (docs.example.org, 2026-10-31)");
    expect(done.stdout).toContain('https://docs.example.org/schema/directives?v=16&lang=en');
    expect(search.seen.at(-1)?.url.searchParams.get('q')).toBe('GraphQL directives');
  });

  it('tells plainly why a search failed', async () => {
    const done = await run('limited_user', 'web-search-agent', 'Any news about owls?');
    expect(done.stdout).toContain('news_search failed: The answer of the search service cannot be read.');
  });

  it('computes with the tool for it', async () => {
    const done = await run('limited_user', 'analyst-agent', 'The mean of 1, 2 and 6?');
    expect(done.stdout).toContain('3 numbers: the mean is 3');
  });

  it('is told of server_status only in runs whose starter may read it', async () => {
    const [admin, wildcard] = await Promise.all(
      ['admin_user', 'wildcard_user'].map((caller) => run(caller, 'admin-agent', 'How is the server doing?')),
    );
    expect(admin?.stdout).toContain('The server has been up for');
    expect(wildcard?.stdout).toContain('server_status, which this run is not offered');
  });

  it('shows "offline model" in place of every model', async () => {
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { authorization: `Bearer ${tokenOf('admin_user')}`, 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ config { models } agents { model } }' }),
    });
    expect(await response.json()).toEqual({
      data: {
        config: { models: ['offline model'] },
        agents: Array.from({ length: 3 }, () => ({ model: 'offline model' })),
      },
    });
  });

  it('ends with 0 when asked to while an answer streams', async () => {
    await using client = startTestClient(server.url, tokenOf('power_user'));
    const input = { agentId: 'analyst-agent', message: 'Explain a long story', background: true };
    const { runAgent } = await client.query(runAgentDocument, { input });
    const events = client.subscribe(runEventsDocument, { runId: runAgent?.id ?? '', after: 0 });
    for await (const { data } of events) {
      if (data?.runEvents.__typename === 'TextDelta') break;
    }
    expect(await server.end('SIGTERM')).toBe(0);
  });
});
