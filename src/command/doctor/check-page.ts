import { createPlayground } from '../../playground/playground.ts';
import type { Check } from './check.ts';
import { ok, warn } from './finding.ts';

/** Whether there is a page for browsers to be served. */
export const checkPage: Check = {
  name: 'page',
  async find({ config }) {
    if (config.playground === 'off') return [ok('page', 'The playground is switched off.')];
    const { isBundled } = await createPlayground();
    return [
      isBundled
        ? ok('page', 'The playground is bundled.')
        : warn('page', 'The playground is not bundled: browsers are told so.', 'npm run playground'),
    ];
  },
};
