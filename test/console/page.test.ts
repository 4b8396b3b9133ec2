import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { callers } from '../../src/demo/callers.ts';
import { bundlePage } from '../../src/page/bundle-page.ts';
import { type Browser, findChromium, startBrowser } from '../_util/browser.ts';
import { startTestApp, type TestApp } from '../_util/test-app.ts';
import { type ConsoleTab, openConsole } from './console-tab.ts';

const isSkipped = findChromium() === null && process.env['CI'] === undefined;
if (isSkipped) process.stderr.write('There is no Chromium: the console is not tested in a browser.\n');

const HTML = 'It is <b>fifteen</b>.\n<img src="x" onerror="document.title = 1">\n\nمرحبا: that is all.';
const CALL = { name: 'summarize_numbers', arguments: { numbers: [12, 18] } };

describe.skipIf(isSkipped)('the console in Chromium, without a network', { timeout: 60_000 }, () => {
  const resources = new AsyncDisposableStack();
  let browser: Browser;
  let server: TestApp;
  let url: string;

  beforeAll(async () => {
    await bundlePage('console');
    browser = resources.use(await startBrowser());
    server = resources.use(
      await startTestApp({
        offersTokens: true,
        steps: [],
        echo: true,
        allowLeftOver: true,
        env: { AMBIT_MODEL_TRIES: '1' },
      }),
    );
    url = `${server.app.url}/`;
  }, 120_000);
  afterAll(() => resources.disposeAsync());

  const open = (path = '', options?: Parameters<typeof openConsole>[2]): Promise<ConsoleTab> =>
    openConsole(browser, `${url}${path}`, options);

  it('first says why a token is needed, and offers five callers', async () => {
    await using tab = await open();
    await tab.page.getByRole('heading', { name: 'Who is asking?' }).waitFor();
    const offered = await tab.page.getByRole('list', { name: 'Callers' }).getByRole('button').allInnerTexts();
    expect(offered.map((text) => text.split('\n')[0])).toEqual(callers.map(({ id }) => id));
    expect(await tab.page.title()).toBe('Ambit console');
    expect(new Set(tab.requests.map((address) => new URL(address).host))).toEqual(
      new Set([new URL(url).host]),
    );
    expect(tab.complaints).toEqual([]);
  });

  it('streams an answer with reasoning and a tool call, shows HTML as text, and says what it took', async () => {
    await using tab = await open();
    await tab.pick('power_user');
    await tab.choose('Data Analyst Agent');
    server.model.enqueue({ reasoning: 'They want a mean.', text: 'Let me see.', toolCalls: [CALL] });
    const step = server.model.enqueue({ text: HTML, pauseBefore: 3 });
    await tab.say('What is the mean of 12 and 18?');
    await step.paused;
    const run = tab.runs.first();
    await run.getByText('It is <b>fifteen</b>.').waitFor();
    await run.locator('summary').filter({ hasText: 'summarize_numbers' }).getByText(/^done/).waitFor();
    await run.getByText('Running', { exact: true }).waitFor();
    expect(await tab.textOf(0)).toBe('Let me see.\n---\nIt is <b>fifteen</b>.\n');
    step.release();
    await tab.ended(0);
    expect(await tab.textOf(0)).toBe(`Let me see.\n---\n${HTML}`);
    expect(await run.locator('.answer').locator('b, img').count()).toBe(0);
    const direction = `getComputedStyle([...document.querySelectorAll('.answer p')].at(-1)).direction`;
    expect(await tab.page.evaluate(direction)).toBe('rtl');
    expect(await run.getByText('They want a mean.').isVisible()).toBe(false);
    await run.getByText('Reasoning').click();
    await run.getByText('They want a mean.').waitFor();
    await run.locator('summary').filter({ hasText: 'summarize_numbers' }).click();
    await run.getByText('"mean": 15').waitFor();
    await run
      .locator('footer')
      .getByText(/tokens in, \d+ out/)
      .waitFor();
    await tab.button('Timeline').click();
    const rows = run.getByRole('table').getByRole('row');
    await rows.nth(4).waitFor();
    const what = await rows.allInnerTexts();
    expect(what.map((text) => text.split('\t').slice(0, 2).join(' '))).toEqual([
      'What Name',
      'Waiting Queue',
      'Model gpt-4o',
      'Tools summarize_numbers',
      'Model gpt-4o',
    ]);
    await run.getByRole('img', { name: /^Timeline of .+ in 4 parts/ }).waitFor();
    expect(tab.complaints).toEqual([]);
  });

  it('keeps several messages in one session, each waiting for its turn, and finds them again', async () => {
    await using tab = await open();
    await tab.pick('power_user');
    const step = server.model.enqueue({ text: 'The first answer.', pauseBefore: 1 });
    await tab.say('The first question');
    await step.paused;
    await tab.say('The second question');
    await tab.runs.nth(1).locator('footer').getByText('Waits for its turn').waitFor();
    expect(new URL(tab.page.url()).hash).toMatch(/^#session\//);
    await tab.page.reload();
    await tab.runs.nth(1).locator('footer').getByText('Waits for its turn').waitFor();
    step.release();
    await tab.ended(1);
    expect([await tab.textOf(0), await tab.textOf(1)]).toEqual(['The first answer.', 'The second question']);
    await tab.page.getByRole('link', { name: 'New conversation' }).click();
    await tab.page
      .getByRole('navigation', { name: 'Sessions' })
      .getByRole('link', { name: /^The second question/ })
      .click();
    await tab.ended(1);
    expect(await tab.textOf(0)).toBe('The first answer.');
    expect(tab.complaints).toEqual([]);
  });

  it.each(['button', 'Escape'])('stops a run by %s, and keeps what was said', async (by) => {
    await using tab = await open();
    await tab.pick('wildcard_user');
    const step = server.model.enqueue({ text: 'One two three four', pauseBefore: 2 });
    await tab.say('Count');
    await step.paused;
    await tab.runs.getByText('One two').waitFor();
    if (by === 'button') await tab.button('Stop').click();
    else await tab.field.press('Escape');
    await tab.ended(0, 'Stopped');
    expect(await step.closed).toBe('aborted');
    expect(await tab.textOf(0)).toBe('One two ');
    expect(await tab.button('Stop').count()).toBe(0);
    expect(tab.complaints).toEqual([]);
  });

  it('shows an approval after a reload, and answers it', async () => {
    await using tab = await open();
    await tab.pick('admin_user');
    await tab.choose('Admin Agent');
    server.model.enqueue({ toolCalls: [{ name: 'announce', arguments: { text: 'Tea' } }] });
    server.model.enqueue({ text: 'It is announced.' });
    await tab.say('Announce tea');
    await tab.button('Approve').waitFor();
    await tab.page.reload();
    await tab.page.getByRole('group', { name: /^May it do this\? announce/ }).waitFor();
    await tab.button('Approve').click();
    await tab.ended(0);
    expect(await tab.textOf(0)).toBe('It is announced.');
    expect(await tab.button('Approve').count()).toBe(0);
    expect(tab.complaints).toEqual([]);
  });

  it('refuses several calls at once, with a note that the model is told', async () => {
    await using tab = await open();
    await tab.pick('admin_user');
    await tab.choose('Admin Agent');
    const calls = ['Tea', 'Cake'].map((text) => ({ name: 'announce', arguments: { text } }));
    server.model.enqueue({ toolCalls: calls });
    const last = server.model.enqueue({ text: 'Not then.' });
    await tab.say('Announce tea and cake');
    const card = (text: string) => tab.page.getByRole('group', { name: /^May it/ }).filter({ hasText: text });
    await card('Tea').getByRole('textbox').fill('nobody is hungry');
    await card('Tea').getByRole('button', { name: 'Refuse' }).click();
    expect(await tab.button('Send 2 decisions').isDisabled()).toBe(true);
    await card('Cake').getByRole('button', { name: 'Refuse' }).click();
    await tab.button('Send 2 decisions').click();
    await tab.ended(0);
    expect(JSON.stringify((await last.request).body.messages)).toContain('nobody is hungry');
    await tab.runs.locator('summary').getByText('refused').first().waitFor();
    expect(tab.complaints).toEqual([]);
  });

  it('of the limited user says which scope is missing, and finds a run whose tab was closed', async () => {
    const step = server.model.enqueue({ text: 'I went on alone.', pauseBefore: 1 });
    {
      await using closed = await open();
      await closed.pick('limited_user');
      await closed.say('Go on without me');
      await step.paused;
    }
    await using tab = await open();
    await tab.pick('limited_user');
    const list = tab.page.getByRole('navigation', { name: 'Latest runs' });
    await list.getByText('sessions:read').waitFor();
    await list.getByRole('link', { name: /^Go on without me Running/ }).click();
    await tab.runs.getByText('Running', { exact: true }).waitFor();
    step.release();
    await tab.ended(0);
    expect(await tab.textOf(0)).toBe('I went on alone.');
    await tab.page.reload();
    await tab.ended(0);
    await tab.say('And again');
    await tab.ended(1);
    expect(await tab.textOf(1)).toBe('And again');
    expect(tab.complaints).toEqual([]);
  });

  it('of the limited user draws what its scopes open, and says why', async () => {
    await using tab = await open('#access');
    await tab.button(/^limited_user/).click();
    const cells = async (field: string): Promise<string[]> => {
      const row = tab.page
        .getByRole('row')
        .filter({ has: tab.page.getByRole('button', { name: field, exact: true }) });
      return (await row.getByRole('cell').allTextContents()).map((text) => text.trim());
    };
    await tab.button('Query.agents').waitFor();
    const headings = await tab.page.getByRole('columnheader').allTextContents();
    expect(headings.slice(0, 6)).toEqual(['Field', 'In all', ...(callers[2]?.scopes ?? [])]);
    expect(await cells('Query.viewer')).toEqual(['open', 'nothing', 'nothing', 'nothing', 'nothing']);
    expect(await cells('Query.agents')).toEqual([
      'for some ids',
      'for some ids',
      'nothing',
      'for some ids',
      'nothing',
    ]);
    expect(await cells('Query.sessions')).toEqual(['closed', 'nothing', 'nothing', 'nothing', 'nothing']);
    expect((await cells('Mutation.createSession')).slice(1)).toEqual(Array(4).fill('a part of it'));
    await tab.button('Mutation.createSession').click();
    await tab.page.getByText('This token does not open it. It lacks sessions:write.').waitFor();
    await tab.button('Query.agents').click();
    await tab.page.getByText('This token opens it for the ids that its scopes name.').waitFor();
    expect(tab.complaints).toEqual([]);
  });

  it('of who may run nothing says what is missing, and has nowhere to write', async () => {
    await using tab = await open();
    await tab.pick('readonly_user');
    await tab.page.getByText('it lacks agents:analyst-agent:run').waitFor();
    expect(await tab.page.getByRole('radio', { disabled: true }).count()).toBe(3);
    expect(await tab.field.count()).toBe(0);
    expect(tab.complaints).toEqual([]);
  });

  it('shows scopes that nothing asks for as such', async () => {
    await using tab = await open('#access');
    const token = await server.token('eve', ['agents:read'], 1);
    const odd = await forge(token, ['agents:read', 'teapots:brew', 'a:b:c:d']);
    await tab.page.getByRole('textbox', { name: /token/i }).fill(odd);
    await tab.button('Use this token').click();
    await tab.page.getByText('teapots:brew').waitFor();
    await tab.page.getByText('a:b:c:d').waitFor();
    expect(tab.complaints).toEqual([]);
  });

  it('says in words what failed: a model, and a bad token', async () => {
    await using tab = await open();
    await tab.page.getByRole('textbox', { name: /token/i }).fill('abc');
    await tab.button('Use this token').click();
    await tab.page.getByRole('alert').getByText('does not take this token').waitFor();
    await tab.pick('power_user');
    server.model.enqueue({ status: 500, body: 'secret-vendor-text' });
    await tab.say('Fail');
    await tab.ended(0, 'Failed');
    await tab.runs.getByRole('alert').getByText('MODEL_ERROR').waitFor();
    expect(await tab.page.content()).not.toContain('secret-vendor-text');
  });

  it('leads by its link to one run with its timeline, and those who may not see it nowhere', async () => {
    await using tab = await open();
    await tab.pick('power_user');
    await tab.say('Look at this');
    await tab.ended(0);
    await tab.page.getByRole('link', { name: 'Link' }).click();
    const { hash } = new URL(tab.page.url());
    expect(hash).toMatch(/^#run\//);
    await tab.page.reload();
    await tab.runs.getByRole('table').getByText('Queue').waitFor();
    await using other = await open(hash);
    await other.button(/^limited_user/).click();
    await other.page.getByRole('alert').getByText('does not exist, or is not for this token').waitFor();
    expect(await other.runs.count()).toBe(0);
  });

  it('appends an answer of ten thousand tokens to what is there, and stays where the reader is', async () => {
    await using tab = await open();
    await tab.pick('power_user');
    const lines = Array.from(
      { length: 1000 },
      (_value, index) => `${index}: one two three four five six seven eight`,
    );
    const step = server.model.enqueue({ text: lines.join('\n'), chunks: 10_000, pauseBefore: 2000 });
    await tab.say('Go on for long');
    await step.paused;
    const last = tab.runs.locator('.answer p').last();
    await expect.poll(() => last.textContent()).toMatch(/^22\d/);
    const top = () => tab.page.evaluate<number>(`document.querySelector('.scroller').scrollTop`);
    expect(await tab.button('To the end').count()).toBe(0);
    expect(await top()).toBeGreaterThan(1000);
    await tab.page.evaluate(`document.querySelector('.answer p').dataset.kept = 'yes'`);
    await tab.page.mouse.move(700, 400);
    await tab.page.mouse.wheel(0, -1000);
    await tab.button('To the end').waitFor();
    const before = await top();
    step.release();
    await tab.ended(0);
    expect(await top()).toBe(before);
    expect(await tab.textOf(0)).toBe(lines.join('\n'));
    expect(await tab.runs.locator('.answer p[data-kept]').count()).toBe(1);
    await tab.button('To the end').click();
    expect(await top()).toBeGreaterThan(before);
  });

  it('lists more sessions when it is asked', async () => {
    const client = await server.client('collector', ['agents:read', 'sessions:read', 'sessions:write']);
    for (let index = 0; index < 23; index += 1) {
      await client.query(
        'mutation ($name: String) { createSession(input: { agentId: "analyst-agent", name: $name }) { id } }',
        {
          name: `Session ${index}`,
        },
      );
    }
    await using tab = await open();
    await tab.page
      .getByRole('textbox', { name: /token/i })
      .fill(await server.token('collector', ['agents:read', 'sessions:read']));
    await tab.button('Use this token').click();
    const entries = tab.page.getByRole('navigation', { name: 'Sessions' }).getByRole('link');
    await expect.poll(() => entries.count()).toBe(20);
    expect(await entries.first().innerText()).toContain('Session 22');
    await tab.button('More').click();
    await expect.poll(() => entries.count()).toBe(23);
    expect(await tab.button('More').count()).toBe(0);
  });

  it('is used by keyboard alone', async () => {
    await using tab = await open();
    const press = (key: string) => tab.page.keyboard.press(key);
    const focused = () =>
      tab.page.evaluate<string>('document.activeElement.ariaLabel ?? document.activeElement.textContent');
    await tab.page.getByRole('list', { name: 'Callers' }).waitFor();
    await press('Tab');
    expect(await focused()).toContain('admin_user');
    await press('Tab');
    await press('Enter');
    await tab.page.getByRole('heading', { name: 'New conversation' }).waitFor();
    await press('Tab');
    expect(await focused()).toBe('Skip to the content');
    await press('Enter');
    await press('Tab');
    await press('ArrowDown');
    expect(await tab.page.getByRole('radio', { name: /^Data Analyst/ }).isChecked()).toBe(true);
    await press('Tab');
    expect(await focused()).toBe('Message to Data Analyst Agent');
    await tab.page.keyboard.type('Line one');
    await press('Shift+Enter');
    await tab.page.keyboard.type('line two');
    await press('Enter');
    await tab.ended(0);
    expect(await tab.textOf(0)).toBe('Line one\nline two');
    expect(await focused()).toBe('Message to Data Analyst Agent');
    await press('Shift+Tab');
    expect(await focused()).toBe('Link');
    await press('Shift+Tab');
    expect(await focused()).toBe('Timeline');
    await press('Enter');
    await tab.runs.getByRole('table').waitFor();
    expect(await tab.page.getByRole('status').last().textContent()).toContain('Completed. Line one');
    expect(tab.complaints).toEqual([]);
  });

  it('has a menu on narrow screens, which Escape closes', async () => {
    await using tab = await open('', { viewport: { width: 360, height: 740 } });
    await tab.pick('limited_user');
    const menu = tab.page.getByRole('complementary', { name: 'Menu' });
    expect(await menu.isVisible()).toBe(false);
    await tab.button('Menu').click();
    await expect.poll(() => tab.page.evaluate('document.activeElement.textContent')).toBe('New conversation');
    await tab.page.keyboard.press('Escape');
    await expect.poll(() => menu.isVisible()).toBe(false);
    expect(await tab.page.evaluate('document.activeElement.textContent')).toBe('Menu');
    await tab.button('Menu').click();
    await tab.page.getByRole('link', { name: 'Access map' }).click();
    await tab.button('Query.agents').waitFor();
    await expect.poll(() => menu.isVisible()).toBe(false);
    const widths = await tab.page.evaluate('[document.documentElement.scrollWidth, innerWidth]');
    expect(widths).toEqual([360, 360]);
  });

  it('shows the colours of the system, until its own switch says otherwise', async () => {
    await using tab = await open('', { colorScheme: 'dark' });
    const ground = () => tab.page.evaluate('getComputedStyle(document.documentElement).backgroundColor');
    const DARK = 'rgb(23, 23, 27)';
    expect(await ground()).toBe(DARK);
    await tab.pick('power_user');
    await tab.page.getByLabel('Colours').selectOption('light');
    expect(await ground()).toBe('rgb(255, 255, 255)');
    await tab.page.reload();
    await tab.page.getByRole('heading', { name: 'New conversation' }).waitFor();
    expect(await ground()).toBe('rgb(255, 255, 255)');
  });

  it('switched off leaves nothing at /', async () => {
    await using off = await startTestApp({ offersTokens: true, env: { AMBIT_CONSOLE: 'off' } });
    const answers = await Promise.all(['/', '/console/tokens'].map((path) => fetch(`${off.app.url}${path}`)));
    expect(answers.map(({ status }) => status)).toEqual([404, 404]);
  });

  /** A token of the test server with scopes that minting refuses. */
  async function forge(token: string, scopes: readonly string[]): Promise<string> {
    const { createHmac } = await import('node:crypto');
    const [head = '', claims = ''] = token.split('.');
    const body = { ...JSON.parse(Buffer.from(claims, 'base64url').toString()), scopes };
    const signed = `${head}.${Buffer.from(JSON.stringify(body)).toString('base64url')}`;
    const key = server.config.jwt.verificationKeys[0] ?? '';
    return `${signed}.${createHmac('sha256', key).update(signed).digest('base64url')}`;
  }
});
