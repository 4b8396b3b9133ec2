import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import type { AxeResults } from 'axe-core';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { bundlePage } from '../../src/page/bundle-page.ts';
import { type Browser, findChromium, startBrowser } from '../_util/browser.ts';
import { startTestApp, type TestApp } from '../_util/test-app.ts';
import { type ConsoleTab, openConsole } from './console-tab.ts';

const isSkipped = findChromium() === null && process.env['CI'] === undefined;

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe-core finds wrong: a rule, and where it is broken. */
async function findViolations(page: Page): Promise<string[]> {
  const isThere = await page.evaluate<boolean>(`typeof axe !== 'undefined'`);
  if (!isThere) await page.evaluate(AXE);
  const { violations } = await page.evaluate<AxeResults>('axe.run(document)');
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary}`),
  );
}

const LOOKS: readonly (BrowserContextOptions & { readonly name: string })[] = [
  { name: 'light', colorScheme: 'light' },
  { name: 'dark', colorScheme: 'dark' },
  { name: 'as wide as a phone', viewport: { width: 360, height: 740 }, reducedMotion: 'reduce' },
];

describe.skipIf(isSkipped)('the console, looked at by axe-core', { timeout: 60_000 }, () => {
  const resources = new AsyncDisposableStack();
  let browser: Browser;
  let server: TestApp;

  beforeAll(async () => {
    await bundlePage('console');
    browser = resources.use(await startBrowser());
    server = resources.use(await startTestApp({ offersTokens: true, steps: [], allowLeftOver: true }));
  }, 120_000);
  afterAll(() => resources.disposeAsync());

  it.each(LOOKS)('is accessible in every view, $name', async ({ name: _name, ...options }) => {
    await using tab = await openConsole(browser, `${server.app.url}/`, options);
    const found: string[] = [];
    const look = async (view: string): Promise<void> => {
      for (const violation of await findViolations(tab.page)) found.push(`${view}: ${violation}`);
      const width = await tab.page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
      if (width > 0) found.push(`${view}: ${width} px wider than the screen`);
    };
    await tab.page.getByRole('list', { name: 'Callers' }).waitFor();
    await look('welcome');
    await tab.pick('admin_user');
    await look('start');
    await converse(tab, look);
    if (options.viewport) {
      await tab.button('Menu').click();
      await expect.poll(() => tab.page.evaluate('document.getAnimations().length')).toBe(0);
      await look('menu');
    }
    await tab.page.getByRole('link', { name: 'Access map' }).click();
    await tab.button('Mutation.createSession').click();
    await look('access map');
    expect(found).toEqual([]);
  });

  /** A tool call that failed, an approval, an answer with reasoning and all of it opened. */
  async function converse(tab: ConsoleTab, look: (view: string) => Promise<void>): Promise<void> {
    await tab.choose('Admin Agent');
    server.model.enqueue({ toolCalls: [{ name: 'server_status', arguments: { no: 'such' } }] });
    server.model.enqueue({ toolCalls: [{ name: 'announce', arguments: { text: 'A'.repeat(300) } }] });
    const step = server.model.enqueue({
      reasoning: 'Think.',
      text: `Done. ${'long'.repeat(100)}`,
      pauseBefore: 2,
    });
    await tab.say('Announce something');
    await tab.button('Approve').waitFor();
    await look('approval');
    await tab.button('Refuse').click();
    await step.paused;
    await tab.runs.getByText('Done.').waitFor();
    await look('stream');
    step.release();
    await tab.ended(0);
    for (const summary of await tab.runs.locator('summary').all()) await summary.click();
    await tab.button('Timeline').click();
    await tab.runs.getByRole('table').waitFor();
    await look('conversation');
  }
});
