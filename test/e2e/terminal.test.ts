import { existsSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

import { defineAgent } from '../../src/agent/agent.ts';
import { defineApp } from '../../src/agent/app-definition.ts';
import { defineTool } from '../../src/agent/tool.ts';
import { COMMANDS } from '../../src/command/commands.ts';
import { startProgram } from '../_util/command-process.ts';
import { runAgentDocument, runDocument } from '../_util/documents.ts';
import { CLI, type FinishedProgram, runCommand, runProgram } from '../_util/server-process.ts';
import { TcpProxy } from '../store/tcp-proxy.ts';
import { startTestApp } from '../_util/test-app.ts';

const add = defineTool({
  name: 'add',
  description: 'Adds.',
  parameters: z.object({ numbers: z.array(z.number()) }),
  effect: 'read',
  run: ({ numbers }) => ({ sum: numbers.reduce((sum, number) => sum + number, 0) }),
});
const pay = defineTool({
  name: 'pay',
  description: 'Pays.',
  parameters: z.object({ amount: z.number() }),
  needsApproval: true,
  run: ({ amount }) => ({ paid: amount }),
});
const agents = [
  defineAgent({ id: 'bot', name: 'Bot', tools: [add, pay] }),
  defineAgent({ id: 'web-search-agent', name: 'Search' }),
];
const definition = defineApp({ id: 'test', name: 'Test', agents });
const server = await startTestApp({ definition, echo: true });
afterAll(() => server[Symbol.asyncDispose]());

const KEY = server.config.jwt.verificationKeys[0] ?? '';
const ann = await envOf('ann', ['agents:run', 'agents:read', 'sessions:read']);
const PAY = { toolCalls: [{ name: 'pay', arguments: { amount: 5 } }] };

async function envOf(subject: string, scopes: string[]): Promise<Record<string, string>> {
  return { AMBIT_URL: server.app.url, AMBIT_TOKEN: await server.token(subject, scopes) };
}

/** The one run of a fresh caller, when it is there. */
async function onlyRun(
  env: Record<string, string>,
): Promise<{ id: string; status: string; sessionId: string }> {
  const { nodes } = parse(await runCommand(['runs', '--json'], env)) as { nodes: never[] };
  expect(nodes).toHaveLength(1);
  return nodes[0] as never;
}

function parse({ stdout, stderr }: FinishedProgram): unknown {
  expect(stderr).toBe('');
  return JSON.parse(stdout);
}

function readLines({
  stdout,
}: FinishedProgram): { __typename: string; seq: number; run?: { output: string } }[] {
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as never);
}

describe('ambit run', () => {
  it('tells of tool calls and results on stderr, each in a line, and begins each message on one', async () => {
    server.model.enqueue({
      text: 'Let me see.',
      toolCalls: [{ name: 'add', arguments: { numbers: [1, 2] } }],
    });
    server.model.enqueue({ reasoning: 'Easy.', text: 'It is 3.' });
    const done = await runCommand(['run', 'bot', 'What is 1 + 2?'], ann);
    expect(done).toEqual({
      code: 0,
      stdout: 'Let me see.\nIt is 3.\n',
      stderr: '[add {"numbers":[1,2]}]\n[add: {"sum":3}]\n',
    });
  });

  it('--json writes an event a line, the last with the run', async () => {
    const done = await runCommand(['run', 'bot', '--json', 'good', 'day'], ann);
    expect(done).toMatchObject({ code: 0, stderr: '' });
    const events = readLines(done);
    expect(events[0]).toMatchObject({ __typename: 'RunStarted', seq: 1 });
    expect(events.at(-1)).toMatchObject({
      __typename: 'RunFinished',
      run: { status: 'COMPLETED', output: 'good day', sessionId: expect.any(String) as string },
    });
  });

  it('--json steers no terminal either, and says the same', async () => {
    const said = 'red \u009b31m\u007f\u001b[2J';
    const env = await envOf('cleo', ['agents:run', 'sessions:read']);
    const done = await runCommand(['run', 'bot', '--json', said], env);
    const { id, sessionId } = await onlyRun(env);
    const told = [
      done,
      await runCommand(['runs', '--json'], env),
      await runCommand(['runs', 'show', id, '--json'], env),
      await runCommand(['sessions', 'show', sessionId, '--json'], env),
    ];
    for (const { stdout } of told) {
      expect(stdout).toContain('red \\u009b31m\\u007f\\u001b[2J');
      expect(stdout).not.toMatch(/(?!\n)\p{Cc}/u);
    }
    expect(readLines(done).at(-1)?.run?.output).toBe(said);
  });

  it('reads a message of - from stdin, and goes on in a session', async () => {
    const env = await envOf('stan', ['agents:run', 'sessions:read']);
    await using first = startProgram(process.execPath, [CLI, 'run', 'bot', '-'], env);
    first.process.stdin?.end('– two\nlines –\n');
    expect(await first.done).toMatchObject({ code: 0, stdout: '– two\nlines –\n' });
    const { sessionId } = await onlyRun(env);
    expect(await runCommand(['run', 'bot', '--session', sessionId, 'and', 'on'], env)).toMatchObject({
      code: 0,
    });
    const { stdout } = await runCommand(['sessions', 'show', sessionId], env);
    expect(stdout.replaceAll(/20\S+Z/g, 'T')).toBe(
      'stan with bot, from T\n\nUSER T\n– two\nlines –\n\nASSISTANT T\n– two\nlines –\n\nUSER T\nand on\n\nASSISTANT T\nand on\n',
    );
  });

  it('goes on after a lost connection, and repeats nothing', async () => {
    const step = server.model.enqueue({ text: 'one two three', pauseBefore: 2 });
    await using proxy = await TcpProxy.to(server.app.url);
    const env = { ...ann, AMBIT_URL: proxy.through(server.app.url) };
    await using run = startProgram(process.execPath, [CLI, 'run', 'bot', 'count'], env);
    await run.wrote('one two');
    proxy.refuse();
    proxy.pass();
    step.release();
    expect(await run.done).toEqual({ code: 0, stdout: 'one two three\n', stderr: '' });
  });

  it('of a run that fails ends with 1 and says why', async () => {
    server.model.enqueue({ status: 401, body: 'your key sk-1234567890 is wrong' });
    const done = await runCommand(['run', 'bot', 'hi'], ann);
    expect(done).toEqual({
      code: 1,
      stdout: '',
      stderr: 'The run ended FAILED: The model endpoint refused the API key (HTTP 401).\n',
    });
  });

  it.each([
    [['run', 'nobody', 'hi'], {}, 'Agent not found.'],
    [['run', 'bot', ' '], {}, 'The message is empty.'],
    [['run', 'bot', 'hi', '--session', 'x'], {}, 'Session not found.'],
    [['run', 'bot', 'hi', '--user', 'bob'], {}, 'It needs: agents:bot:run + users:bob:read + users:bob:act'],
    [
      ['run', 'bot', 'hi'],
      { AMBIT_TOKEN: 'nonsense' },
      'The bearer token is not valid.\nAMBIT_TOKEN says who asks.',
    ],
    [['run', 'bot', 'hi'], { AMBIT_TOKEN: '' }, 'A bearer token is required.'],
    [['sessions', '--first', '101'], {}, '--first takes a number from 1 to 100'],
    [['sessions', '--after', 'x'], {}, 'after'],
    [['runs', '--status', 'lost'], {}, 'LOST'],
    [['runs', 'show', 'x'], {}, 'Run not found.'],
    [['runs', 'watch', 'x', '--after', '-1'], {}, '--after'],
    [['runs', 'cancel', '01945c7e-0000-7000-8000-000000000001'], {}, 'Run not found.'],
    [['runs', 'decide', 'x', '--approve', '--refuse'], {}, 'Say --approve or --refuse.'],
    [['runs', 'decide', '01945c7e-0000-7000-8000-000000000001', '--approve'], {}, 'Run not found.'],
  ])('%j with %j ends with 1 and a sentence: %s', async (args, env, sentence) => {
    const done = await runCommand(args, { ...ann, ...env });
    expect(done).toMatchObject({ code: 1, stdout: '' });
    expect(done.stderr).toContain(sentence);
    expect(done.stderr).not.toMatch(/^\s+at /m);
  });
});

describe('Ctrl-C', () => {
  it('cancels the run, waits for its end, and ends with 130', async () => {
    const step = server.model.enqueue({ text: 'one two three', pauseBefore: 2 });
    const env = await envOf('carl', ['agents:run', 'sessions:read']);
    await using run = startProgram(process.execPath, [CLI, 'run', 'bot', 'count'], env);
    await run.wrote('one two');
    run.process.kill('SIGINT');
    const done = await run.done;
    expect(done).toMatchObject({ code: 130, stdout: 'one two \n' });
    expect(done.stderr).toBe(
      'Cancelling the run … Ctrl-C once more leaves at once.\nThe run ended CANCELLED.\n',
    );
    expect(await step.closed).toBe('aborted');
    expect(await onlyRun(env)).toMatchObject({ status: 'CANCELLED' });
  });

  it('twice leaves at once, and says that the run may go on', async () => {
    const step = server.model.enqueue({ text: 'one two three', pauseBefore: 2 });
    const env = await envOf('cora', ['agents:run', 'sessions:read']);
    await using proxy = await TcpProxy.to(server.app.url);
    const slow = { ...env, AMBIT_URL: proxy.through(server.app.url) };
    await using run = startProgram(process.execPath, [CLI, 'run', 'bot', 'count'], slow);
    await run.wrote('one two');
    proxy.fallSilent();
    run.process.kill('SIGINT');
    await run.wrote('Cancelling');
    run.process.kill('SIGINT');
    const done = await run.done;
    const { id, status } = await onlyRun(env);
    expect(done.code).toBe(130);
    expect(done.stderr).toContain(`\nThe run may go on. To end it: ambit runs cancel ${id}\n`);
    expect(status).toBe('RUNNING');
    expect(await runCommand(['runs', 'cancel', id], env)).toEqual({
      code: 0,
      stdout: 'The run is CANCELLED.\n',
      stderr: '',
    });
    expect(await step.closed).toBe('aborted');
  });

  it('of runs watch leaves the run as it is', async () => {
    const step = server.model.enqueue({ text: 'one two three', pauseBefore: 2 });
    const env = await envOf('wim', ['agents:run', 'sessions:read']);
    const client = await server.client('wim', ['agents:run']);
    const { runAgent } = await client.query(runAgentDocument, {
      input: { agentId: 'bot', message: 'count', background: true },
    });
    const id = runAgent?.id ?? '';
    await using watch = startProgram(process.execPath, [CLI, 'runs', 'watch', id], env);
    await watch.wrote('one two');
    watch.process.kill('SIGINT');
    expect(await watch.done).toEqual({ code: 130, stdout: 'one two \n', stderr: '' });
    step.release();
    const watched = await runCommand(['runs', 'watch', id], env);
    expect(watched).toEqual({ code: 0, stdout: 'one two three\n', stderr: '' });
    const events = readLines(await runCommand(['runs', 'watch', id, '--after', '2', '--json'], env));
    expect(events[0]?.seq).toBe(3);
    expect(events.at(-1)?.run?.output).toBe('one two three');
  });
});

it('a reader that goes away ends ambit run, and not the run', async () => {
  const step = server.model.enqueue({ text: 'one\n two\n three\n', pauseBefore: 2 });
  const env = await envOf('piet', ['agents:run', 'sessions:read']);
  const client = await server.client('piet', ['agents:run', 'sessions:read']);
  await using run = startProgram(process.execPath, [CLI, 'run', 'bot', 'count'], env);
  await run.wrote('two');
  run.process.stdout?.destroy();
  step.release();
  const done = await run.done;
  const { id } = await onlyRun(env);
  expect(done).toMatchObject({
    code: 0,
    stderr: `The answer can be written no longer. The run goes on: ${id}\n`,
  });
  await expect
    .poll(async () => (await client.query(runDocument, { id })).run?.status, { timeout: 10_000 })
    .toBe('COMPLETED');
});

describe('an approval', () => {
  it('is decided by ambit runs decide', async () => {
    server.model.enqueue(PAY);
    server.model.enqueue({ text: 'Paid.' });
    const env = await envOf('dora', ['agents:run', 'sessions:read']);
    await using run = startProgram(process.execPath, [CLI, 'run', 'bot', 'pay'], env);
    await run.wrote('--refuse.');
    const { id, status } = await onlyRun(env);
    expect(status).toBe('PAUSED');
    expect(await runCommand(['runs', 'decide', id], env)).toMatchObject({ code: 1 });
    expect(await runCommand(['runs', 'decide', id, '--approve', '--note', 'fine'], env)).toEqual({
      code: 0,
      stdout: 'The run goes on.\n',
      stderr: 'pay {"amount":5}\n',
    });
    expect(await run.done).toEqual({
      code: 0,
      stdout: 'Paid.\n',
      stderr: `[pay {"amount":5} waits for an approval]\nTo decide it: ambit runs decide ${id} --approve, or --refuse.\n[pay: approved]\n[pay {"amount":5}]\n[pay: {"paid":5}]\n`,
    });
    const again = await runCommand(['runs', 'decide', id, '--approve'], env);
    expect(again).toMatchObject({ code: 1, stderr: 'The run waits for no approval.\n' });
  });

  /** Util-linux has it, which every Debian does. */
  describe.runIf(existsSync('/usr/bin/script'))('on a terminal', () => {
    function startOnTerminal(args: string[], env: Record<string, string>) {
      const command = [process.execPath, CLI, ...args].map((word) => `'${word}'`).join(' ');
      const terminal = ['-qec', `stty cols 60 && exec ${command}`, '/dev/null'];
      return startProgram('/usr/bin/script', terminal, { TERM: 'xterm-256color', SHELL: '/bin/sh', ...env });
    }

    it('is asked for, and what is typed decides it', async () => {
      server.model.enqueue(PAY);
      server.model.enqueue({ text: 'A pity.' });
      const env = await envOf('tom', ['agents:run', 'sessions:read']);
      await using run = startOnTerminal(['run', 'bot', 'pay'], env);
      await run.wrote(/Approve it\?.*: $/);
      run.process.stdin?.write('perhaps\n');
      await run.wrote(/perhaps\r\nApprove it\?.*: $/);
      run.process.stdin?.write('no, not today\n');
      const { code, stdout } = await run.done;
      expect(code).toBe(0);
      expect(stdout).toContain('[pay: refused]\r\n');
      // Dim, and taken away again.
      const shown = stdout.replaceAll('\u001b', 'ESC');
      expect(shown).toMatch(/ESC\[2mbot: waiting for an approval · \d+ sESC\[22m\r +\rApprove it/);
      expect(shown).toMatch(
        /\r +\rA pity\.\r\nESC\[2m\d+\.\d s · \d+ tokens · tools: 1 · session [0-9a-f-]+ESC\[22m\r\n$/,
      );
      const { toolCalls } = parse(
        await runCommand(['runs', 'show', (await onlyRun(env)).id, '--json'], env),
      ) as {
        toolCalls: { error: string }[];
      };
      expect(toolCalls[0]?.error).toContain('not today');
    });

    it('is asked for no longer when somebody else has decided, and Ctrl-C cancels what waits', async () => {
      server.model.enqueue({ toolCalls: [...PAY.toolCalls, { name: 'pay', arguments: { amount: 6 } }] });
      server.model.enqueue(PAY);
      const env = await envOf('ugo', ['agents:run', 'sessions:read']);
      await using run = startOnTerminal(['run', 'bot', 'pay'], { ...env, NO_COLOR: '1' });
      await run.wrote(/Approve it\?.*: $/);
      const { id } = await onlyRun(env);
      await runCommand(['runs', 'decide', id, '--approve'], env);
      await run.wrote(/approved\][\s\S]*waits for an approval\][\s\S]*Approve it\?.*: $/);
      run.process.stdin?.write('\u0003');
      const { code, stdout } = await run.done;
      expect(code).toBe(130);
      expect(stdout).toContain('The run ended CANCELLED.');
      expect(stdout).not.toContain('\u001b');
    });
  });
});

describe('lists', () => {
  it('come newest first, in pages, and let nothing steer the terminal', async () => {
    const env = await envOf('lea', ['agents:run', 'sessions:read', 'sessions:write']);
    for (const message of ['one', 'two', 'three\u001b[31m\n!'])
      await runCommand(['run', 'bot', message], env);
    const first = await runCommand(['runs', '--first', '2'], env);
    expect(first.code).toBe(0);
    expect(
      first.stdout
        .split('\n')
        .slice(2)
        .map((line) => line.split(/ {2,}/).slice(1)),
    ).toEqual([
      ['bot', 'lea', 'COMPLETED', expect.stringMatching(/^\d{4}-.*Z$/), 'three\ufffd[31m !'],
      ['bot', 'lea', 'COMPLETED', expect.stringMatching(/^\d{4}-.*Z$/), 'two'],
      [],
    ]);
    const [, cursor = ''] = /^There are more: --after (\S+)\n$/.exec(first.stderr) ?? [];
    const rest = parse(await runCommand(['runs', '--after', cursor, '--status', 'completed', '--json'], env));
    expect(rest).toMatchObject({ nodes: [{ input: 'one' }], pageInfo: { hasNextPage: false } });
    const sessions = await runCommand(['sessions', '--agent', 'bot', '--user', 'lea'], env);
    expect(sessions).toMatchObject({ code: 0, stderr: '' });
    expect(sessions.stdout.trimEnd().split('\n')).toHaveLength(5);
    const none = await runCommand(['sessions', '--agent', 'web-search-agent', '--json'], env);
    expect(parse(none)).toEqual({ nodes: [], pageInfo: { hasNextPage: false, endCursor: null } });
  });
});

describe('the example of', () => {
  const served = COMMANDS.filter(({ help }) => !['serve', 'dev'].includes(help.name)).map(({ help }) => help);

  it.each(served)('$name works', async ({ name, example }) => {
    if (name === 'runs decide') server.model.enqueue(PAY);
    const client = await server.client('root', ['agent_os:admin']);
    const { runAgent } = await client.query(runAgentDocument, { input: { agentId: 'bot', message: 'hi' } });
    const { id = '', sessionId = '' } = runAgent ?? {};
    const lines = example
      .replaceAll('01945c7e-0000-7000-8000-000000000000', sessionId)
      .replaceAll('01945c7e-0000-7000-8000-000000000001', id);
    const script = `ambit() { '${process.execPath}' '${CLI}' "$@"; }\ncd "$(mktemp -d)"\n${lines}\nrm -r "$PWD"`;
    const env = {
      ...(await envOf('root', ['agent_os:admin'])),
      DATABASE_URL: 'memory',
      JWT_VERIFICATION_KEY: KEY,
      PORT: '0',
    };
    const { code, stdout, stderr } = await runProgram('bash', ['-ec', script], env);
    expect(code, stderr).toBe(0);
    expect(stdout).not.toBe('');
  });
});
