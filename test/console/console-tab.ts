import type { Locator, Page } from 'playwright-core';

import type { Browser, Tab } from '../_util/browser.ts';

/** The parts of the console, by the names that a screen reader says. */
export interface ConsoleTab extends Tab {
  readonly field: Locator;
  /** The runs of the conversation, the oldest first. */
  readonly runs: Locator;
  button(name: string | RegExp): Locator;
  /** Becomes one of the callers on offer, and waits for their page. */
  pick(caller: string): Promise<void>;
  choose(agent: string): Promise<void>;
  /** Writes a message and sends it by Enter. */
  say(message: string): Promise<void>;
  /** Waits until a run, counted from 0, is said to be as told; `timeout` in milliseconds, default the tab's own. */
  ended(index: number, status?: string, options?: { readonly timeout: number }): Promise<void>;
  /** The answer of a run, as one can read it: a line per paragraph. */
  textOf(index: number): Promise<string>;
}

/** Opens the console in a tab of its own. */
export async function openConsole(
  browser: Browser,
  url: string,
  options?: Parameters<Browser['open']>[1],
): Promise<ConsoleTab> {
  const tab = await browser.open(url, options);
  const { page } = tab;
  const button = (name: string | RegExp): Locator => page.getByRole('button', { name });
  const field = page.getByRole('textbox', { name: /^Message to/ });
  const runs = page.getByRole('article', { name: /^Run:/ });
  return {
    ...tab,
    field,
    runs,
    button,
    async pick(caller) {
      await button(new RegExp(`^${caller}`)).click();
      await page.getByRole('heading', { name: 'New conversation' }).waitFor();
    },
    choose: (agent) => page.getByRole('radio', { name: new RegExp(`^${agent}`) }).check(),
    async say(message) {
      await field.fill(message);
      await field.press('Enter');
    },
    ended: (index, status = 'Completed', options) =>
      runs.nth(index).locator('footer').getByText(status, { exact: true }).waitFor(options),
    textOf: (index) => readText(page, index),
  };
}

/** Read in the page: what a test framework makes of text has its own idea of white space. */
function readText(page: Page, index: number): Promise<string> {
  return page.evaluate(`(() => {
    const run = document.querySelectorAll('article.run')[${index}];
    const texts = [...(run?.querySelectorAll('.answer > .text') ?? [])];
    return texts.map((text) => [...text.children].map((line) => line.textContent).join('\\n')).join('\\n---\\n');
  })()`);
}
