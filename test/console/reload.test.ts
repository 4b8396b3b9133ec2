import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { bundlePage } from '../../src/page/bundle-page.ts';
import { type AnswerScript, toFinalText, toWords } from '../_util/answer-script.ts';
import { type Browser, findChromium, startBrowser } from '../_util/browser.ts';
import { startStreamingModel } from '../_util/streaming-model.ts';
import { startTestApp, type TestApp } from '../_util/test-app.ts';
import { openConsole } from './console-tab.ts';

const isSkipped = findChromium() === null && process.env['CI'] === undefined;

/** More of them by hand: CONSOLE_RELOADS=200. */
const RELOADS = Number(process.env['CONSOLE_RELOADS'] ?? 20);
const INTERVAL_MS = 15;
/** So that the run takes about as long as the reloads, each some 200 ms. */
const WORDS = RELOADS * 30;

describe.skipIf(isSkipped)('a page that is loaded again and again', { timeout: 600_000 }, () => {
  const resources = new AsyncDisposableStack();
  let browser: Browser;
  let server: TestApp;

  beforeAll(async () => {
    await bundlePage('console');
    browser = resources.use(await startBrowser());
    const model = resources.use(await startStreamingModel({ intervalMs: INTERVAL_MS }));
    server = resources.use(
      await startTestApp({ offersTokens: true, steps: [], env: { OPENAI_BASE_URL: model.baseUrl } }),
    );
  }, 120_000);
  afterAll(() => resources.disposeAsync());

  it(`${RELOADS} times during one run shows what the run says, nothing twice and nothing left out`, async () => {
    const script: AnswerScript = { seed: 7, words: WORDS, tools: ['summarize_numbers'] };
    const whole = [toWords(script, 0).join(''), toFinalText(script)].join('\n---\n');
    await using tab = await openConsole(browser, `${server.app.url}/`);
    await tab.pick('power_user');
    await tab.choose('Data Analyst Agent');
    await tab.say(JSON.stringify(script));
    const running = tab.runs.locator('footer').getByText('Running', { exact: true });
    await running.waitFor();
    const seen: string[] = [];
    let duringRun = 0;
    for (let count = 0; count < RELOADS; count += 1) {
      await tab.page.reload();
      await tab.runs.locator('.answer > .text').first().waitFor();
      const text = await tab.textOf(0);
      if (await running.isVisible()) duringRun += 1;
      seen.push(text);
      // A run that is over is shown by its output alone.
      expect(whole.startsWith(text) || text === toFinalText(script)).toBe(true);
    }
    await tab.ended(0, 'Completed', { timeout: 120_000 });
    await tab.button('Timeline').click();
    await expect.poll(() => tab.textOf(0)).toBe(whole);
    const { run } = await (
      await server.client('power_user', ['sessions:read'])
    ).query<{ run: { edges: { node: { output: string } }[] } }, object>(
      '{ run: runs(first: 1) { edges { node { output } } } }',
    );
    expect(run.edges[0]?.node.output).toBe(toFinalText(script));
    expect(duringRun).toBeGreaterThan(RELOADS / 2);
    expect(new Set(seen).size).toBeGreaterThan(RELOADS / 2);
    if (process.env['CONSOLE_RELOADS'] !== undefined) {
      process.stderr.write(`${RELOADS} reloads, ${duringRun} of them while it ran, ${WORDS} words\n`);
    }
    expect(tab.complaints).toEqual([]);
  });
});
