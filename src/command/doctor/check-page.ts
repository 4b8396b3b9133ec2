import { createConsole } from '../../console/console.ts';
import { createPlayground } from '../../playground/playground.ts';
import type { Check } from './check.ts';
import { type Finding, ok, warn } from './finding.ts';

/** Whether there are pages for browsers to be served. */
export const checkPage: Check = {
  name: 'page',
  async find({ config }) {
    return [
      await look('console', config.console, createConsole),
      await look('playground', config.playground, createPlayground),
    ];
  },
};

async function look(
  name: string,
  setting: 'on' | 'off',
  open: () => Promise<{ readonly isBundled: boolean }>,
): Promise<Finding> {
  if (setting === 'off') return ok('page', `The ${name} is switched off.`);
  const { isBundled } = await open();
  if (isBundled) return ok('page', `The ${name} is bundled.`);
  return warn('page', `The ${name} is not bundled: browsers are told so.`, `npm run ${name}`);
}
