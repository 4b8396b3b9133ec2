import { Watched } from '../../page/browser/watched.ts';
import type { GraphqlAnswer } from './graphql-answer.ts';

/** The id of the run that was started last from this page; `null`: none was. */
export class LatestRun extends Watched<string | null> {
  readonly #seen = new Set<string>();

  constructor() {
    super(null);
  }

  /** Takes note when the answer is that of a `runAgent`. */
  note({ data }: GraphqlAnswer): void {
    const run = data?.['runAgent'];
    if (typeof run !== 'object' || run === null || !('id' in run) || typeof run.id !== 'string') return;
    this.#seen.add(run.id);
    this.set(run.id);
  }

  /** Whether a `runId` in the editor is the page's own doing, so that it may be replaced. */
  mayReplace(runId: unknown): boolean {
    return runId === '' || (typeof runId === 'string' && this.#seen.has(runId));
  }
}
