import { type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { callers } from '../../src/demo/callers.ts';
import { bundlePage } from '../../src/page/bundle-page.ts';
import { type Browser, findChromium, startBrowser, type Tab } from '../_util/browser.ts';
import { startTestApp, type TestApp } from '../_util/test-app.ts';

const isSkipped = findChromium() === null && process.env['CI'] === undefined;
if (isSkipped) process.stderr.write('There is no Chromium: the playground is not tested in a browser.\n');

/** What Chromium says of any answer with this status. */
const REFUSED = 'Failed to load resource: the server responded with a status of 403 (Forbidden)';

const ANSWER = 'Twelve plus three is fifteen, and that is all there is to it.';

/** The parts of the page, by the names that a screen reader says. */
const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name });
const tab = (page: Page, name: string) => page.getByRole('tab', { name: new RegExp(`^${name}\\b`) });
const editor = (page: Page) => page.getByRole('region', { name: 'Operation Editor' });
const answer = (page: Page) => page.getByRole('region', { name: 'Result Window' });
const docs = (page: Page) => page.getByRole('region', { name: 'Documentation Explorer' });
const facts = (page: Page) => page.getByLabel('About this token');

async function pick({ page }: Tab, caller: string): Promise<void> {
  await button(page, new RegExp(`^${caller}`)).click();
  await editor(page).locator('.view-line').first().waitFor();
}

async function run(page: Page, operation: string): Promise<void> {
  await tab(page, operation).click();
  await editor(page).getByText(operation).first().waitFor();
  await button(page, /^Execute query/).click();
}

/** The answer's text: the editor shows spaces that do not break, and only the lines in view. */
async function waitForAnswer(page: Page, ...parts: readonly string[]): Promise<void> {
  for (const part of parts) await answer(page).getByText(part).first().waitFor();
}

/** Fonts and pictures that are part of a stylesheet ask nobody. */
function hostsOf({ requests }: Tab): string[] {
  const addresses = requests
    .map((address) => new URL(address))
    .filter(({ protocol }) => protocol !== 'data:');
  return [...new Set(addresses.map(({ host }) => host))];
}

describe.skipIf(isSkipped)('the playground in Chromium, without a network', { timeout: 60_000 }, () => {
  const resources = new AsyncDisposableStack();
  let browser: Browser;
  let server: TestApp;
  let url: string;

  beforeAll(async () => {
    await bundlePage('playground');
    browser = resources.use(await startBrowser());
    server = resources.use(
      await startTestApp({ offersTokens: true, steps: [], echo: true, allowLeftOver: true }),
    );
    url = `${server.app.url}/graphql`;
  }, 120_000);
  afterAll(() => resources.disposeAsync());

  it('first says why a token is needed, and offers five callers', async () => {
    await using visit = await browser.open(url);
    const { page } = visit;
    await page.getByRole('heading', { name: 'Who is asking?' }).waitFor();
    const offered = await page.getByRole('list', { name: 'Callers' }).getByRole('button').allInnerTexts();
    expect(offered.map((text) => text.split('\n')[0])).toEqual(callers.map(({ id }) => id));
    expect(await page.title()).toBe('Ambit playground');
    expect(hostsOf(visit)).toEqual([new URL(url).host]);
    expect(visit.complaints).toEqual([]);
  });

  it.each([
    ['admin_user', ['Agents', 'StartRun', 'WatchRun', 'NothingThere', 'Sessions', 'Server', 'WhoAmI'], null],
    [
      'power_user',
      ['Agents', 'StartRun', 'WatchRun', 'Refused', 'Sessions', 'Server', 'WhoAmI'],
      'sessions:delete',
    ],
    ['limited_user', ['Agents', 'StartRun', 'WatchRun', 'Refused', 'WhoAmI'], 'agents:admin-agent:run'],
    ['readonly_user', ['Agents', 'Refused', 'Server', 'WhoAmI'], 'agents:web-search-agent:run'],
    ['wildcard_user', ['Agents', 'StartRun', 'WatchRun', 'Refused', 'WhoAmI'], 'sessions:delete'],
  ])('%s finds the documentation open and the tabs %j, and lacks %s', async (caller, tabs, lacking) => {
    await using visit = await browser.open(url);
    const { page } = visit;
    await pick(visit, caller);
    await page.getByText('A GraphQL schema provides a root type').waitFor();
    await docs(page).getByText('Query', { exact: true }).waitFor();
    const canRun = caller !== 'readonly_user';
    expect(await docs(page).getByText('Mutation', { exact: true }).count()).toBe(canRun ? 1 : 0);
    const shown = await page.getByRole('tab').allInnerTexts();
    expect(shown.filter((text) => text.trim() !== '')).toEqual(tabs);
    expect(await facts(page).innerText()).toContain(caller);
    await button(page, /^Execute query/).click();
    await waitForAnswer(page, 'web-search-agent');
    expect(visit.complaints).toEqual([]);
    await run(page, lacking === null ? 'NothingThere' : 'Refused');
    if (lacking === null) await waitForAnswer(page, '"NOT_FOUND"');
    else await waitForAnswer(page, '"FORBIDDEN"', `"${lacking}"`);
    const refusals = lacking === null ? [] : [`${REFUSED} ${url}`];
    expect(visit.complaints).toEqual(refusals);
    expect(hostsOf(visit)).toEqual([new URL(url).host]);
  });

  it('streams a run over the socket, from the run that was started last', async () => {
    await using visit = await browser.open(url);
    const { page } = visit;
    await pick(visit, 'limited_user');
    const step = server.model.enqueue({ text: ANSWER, pauseBefore: 3 });
    await run(page, 'StartRun');
    await waitForAnswer(page, '"QUEUED"');
    await step.paused;
    await run(page, 'WatchRun');
    const stream = page.getByRole('region', { name: 'Stream' });
    await stream.getByText('Streaming.').waitFor();
    await stream.getByText('Twelve plus three', { exact: true }).waitFor();
    step.release();
    await stream.getByText('Ended.').waitFor();
    expect(await stream.getByRole('log').innerText()).toBe(ANSWER);
    await stream.getByText('run COMPLETED').waitFor();
    await waitForAnswer(page, '"RunFinished"');
    expect(hostsOf(visit)).toEqual([new URL(url).host]);
    expect(visit.requests.filter((address) => address.startsWith('ws:'))).toEqual([
      url.replace('http', 'ws'),
    ]);
    expect(JSON.parse(visit.sentFrames[0] ?? '')).toMatchObject({
      type: 'connection_init',
      payload: { authorization: expect.stringMatching(/^Bearer ey/) },
    });
    expect(visit.complaints).toEqual([]);
  });

  it('ends a subscription by its button', async () => {
    await using visit = await browser.open(url);
    const { page } = visit;
    await pick(visit, 'wildcard_user');
    const step = server.model.enqueue({ text: ANSWER, pauseBefore: 2 });
    await run(page, 'StartRun');
    await step.paused;
    await waitForAnswer(page, '"QUEUED"');
    await run(page, 'WatchRun');
    await page.getByRole('log').waitFor();
    await button(page, /^Stop query/).click();
    await page.getByText('Stopped.').waitFor();
    step.release();
    expect(visit.complaints).toEqual([]);
  });

  it('shows what the server says when there is no such run', async () => {
    await using visit = await browser.open(url);
    await pick(visit, 'power_user');
    await run(visit.page, 'WatchRun');
    await waitForAnswer(visit.page, '"NOT_FOUND"');
    await visit.page.getByText('Failed.').waitFor();
    expect(visit.complaints).toEqual([]);
  });

  it('acts as another caller at once, with tabs of its own, and remembers whom over a reload', async () => {
    await using visit = await browser.open(url);
    const { page } = visit;
    await pick(visit, 'admin_user');
    await page.getByLabel('Caller').selectOption('readonly_user');
    await facts(page).getByText('readonly_user').waitFor();
    await tab(page, 'Server').waitFor();
    expect(await tab(page, 'StartRun').count()).toBe(0);
    await page.reload();
    await facts(page).getByText('readonly_user').waitFor();
    await page.locator('summary').click();
    expect(await page.getByRole('list', { name: 'Scopes' }).innerText()).toBe('agents:*:read\nsystem:read');
  });

  it('shows each caller the documentation of its own schema', async () => {
    await using visit = await browser.open(url);
    const { page } = visit;
    const rootFields = async (): Promise<string[]> => {
      await docs(page).getByText('Query', { exact: true }).click();
      await docs(page).getByText('viewer', { exact: true }).waitFor();
      const names = ['approvals', 'sessions', 'config', 'agents'];
      const counts = names.map((name) => docs(page).getByText(name, { exact: true }).count());
      const isShown = await Promise.all(counts);
      return names.filter((_name, index) => isShown[index] !== 0);
    };
    await pick(visit, 'admin_user');
    expect(await rootFields()).toEqual(['approvals', 'sessions', 'config', 'agents']);
    await page.getByLabel('Caller').selectOption('readonly_user');
    await tab(page, 'Server').waitFor();
    await page.getByText('A GraphQL schema provides a root type').waitFor();
    expect(await rootFields()).toEqual(['config', 'agents']);
    await page.getByLabel('Caller').selectOption('limited_user');
    await tab(page, 'StartRun').waitFor();
    await page.getByText('A GraphQL schema provides a root type').waitFor();
    expect(await rootFields()).toEqual(['agents']);
    expect(visit.complaints).toEqual([]);
  });

  it('keeps what was written, until the tabs are reset', async () => {
    await using visit = await browser.open(url);
    const { page } = visit;
    await pick(visit, 'power_user');
    await page
      .getByRole('tab', { name: 'Agents' })
      .locator('..')
      .getByRole('button', { name: 'Close Tab' })
      .click();
    await expect.poll(() => tab(page, 'Agents').count()).toBe(0);
    await expect
      .poll(() =>
        page.evaluate("localStorage.getItem('ambit:power_user:graphiql:tabState') ?? 'query Agents'"),
      )
      .not.toContain('query Agents');
    await page.reload();
    await tab(page, 'StartRun').waitFor();
    expect(await tab(page, 'Agents').count()).toBe(0);
    await button(page, 'Reset tabs').click();
    await tab(page, 'Agents').waitFor();
  });

  it('asks for a token anew when another caller is chosen, for the server may have another key by then', async () => {
    await using visit = await browser.open(url);
    const { page } = visit;
    await pick(visit, 'admin_user');
    const asked = page.waitForResponse((response) => response.url().endsWith('/playground/tokens'));
    await page.getByLabel('Caller').selectOption('power_user');
    expect((await asked).status()).toBe(200);
    await facts(page).getByText('power_user').waitFor();
  });

  it('works where the browser keeps nothing', async () => {
    await using visit = await browser.open('about:blank');
    const { page } = visit;
    await page.addInitScript(`for (const name of ['localStorage', 'sessionStorage'])
      Object.defineProperty(window, name, { get() { throw new DOMException('denied', 'SecurityError'); } });`);
    await page.goto(url);
    await pick(visit, 'limited_user');
    await button(page, /^Execute query/).click();
    await waitForAnswer(page, 'web-search-agent');
    expect(visit.complaints).toEqual([]);
  });

  it('takes a pasted token, with or without Bearer, and says what the server thinks of a bad one', async () => {
    await using bare = await startTestApp();
    await using visit = await browser.open(`${bare.app.url}/graphql`);
    const { page } = visit;
    await page.getByText('Paste a token of yours').waitFor();
    expect(await page.getByRole('list', { name: 'Callers' }).count()).toBe(0);
    expect(visit.complaints).toEqual([]);
    for (const attempt of [1, 2]) {
      await page.getByRole('textbox', { name: 'Token' }).fill('abc');
      await button(page, 'Use this token').click();
      expect(await page.getByRole('alert').innerText(), `attempt ${attempt}`).toMatch(/token/i);
    }
    await page
      .getByRole('textbox', { name: 'Token' })
      .fill(` Bearer ${await bare.token('eve', ['agents:*:read'])}\n`);
    await button(page, 'Use this token').click();
    await facts(page).getByText('eve').waitFor();
    await facts(page).getByText('1 scope').waitFor();
    await facts(page).getByText('in 60 minutes').waitFor();
    expect(await page.getByRole('heading', { name: 'Who is asking?' }).count()).toBe(0);
  });

  it('is dark where the system is, until its own switch says otherwise', async () => {
    await using visit = await browser.open(url, { colorScheme: 'dark' });
    const { page } = visit;
    const background = () => page.evaluate('getComputedStyle(document.body).backgroundColor');
    const DARK = 'rgb(33, 42, 59)';
    expect(await background()).toBe(DARK);
    await pick(visit, 'power_user');
    expect(await background()).toBe(DARK);
    await button(page, 'Open settings dialog').click();
    await button(page, 'Light').click();
    expect(await background()).toBe('rgb(255, 255, 255)');
    await page.reload();
    await tab(page, 'Agents').waitFor();
    expect(await background()).toBe('rgb(255, 255, 255)');
  });

  it('is used by keyboard alone', async () => {
    await using visit = await browser.open(url);
    const { page } = visit;
    const press = (key: string) => page.keyboard.press(key);
    const focused = () => page.evaluate<string>('document.activeElement.textContent');
    await page.getByRole('list', { name: 'Callers' }).waitFor();
    await press('Tab');
    expect(await focused()).toContain('admin_user');
    await press('Tab');
    await press('Enter');
    await tab(page, 'Agents').waitFor();
    await editor(page).locator('.view-line').first().waitFor();
    const isIn = (name: string) =>
      page.evaluate(`document.activeElement.closest('[aria-label="${name}"]') !== null`);
    await expect.poll(focused).toBe('Skip to the editor');
    await press('Enter');
    expect(await isIn('Operation Editor')).toBe(true);
    await press('Enter');
    await press('Control+Enter');
    await waitForAnswer(page, 'web-search-agent');
    await press('Escape');
    await press('Tab');
    expect(await page.evaluate('document.activeElement.ariaLabel')).toMatch(/^Execute query/);
    expect(visit.complaints).toEqual([]);
  });

  it('at an address that is not loopback by name, offers nobody', async () => {
    await using visit = await browser.open(url.replace('127.0.0.1', 'localhost'));
    await visit.page.getByRole('list', { name: 'Callers' }).waitFor();
    await using rebound = await browser.open(url.replace('127.0.0.1', 'rebound.example'));
    await rebound.page.getByText('Paste a token of yours').waitFor();
    expect(await rebound.page.getByRole('list', { name: 'Callers' }).count()).toBe(0);
  });

  it('switched off leaves GET /graphql as it is without a page', async () => {
    await using off = await startTestApp({ offersTokens: true, env: { AMBIT_PLAYGROUND: 'off' } });
    const page = await fetch(`${off.app.url}/graphql`, { headers: { accept: 'text/html' } });
    const tokens = await fetch(`${off.app.url}/playground/tokens`);
    expect([page.status, tokens.status]).toEqual([406, 404]);
  });
});
