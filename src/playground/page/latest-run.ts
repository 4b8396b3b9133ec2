import type { GraphqlAnswer } from './graphql-answer.ts';

/** The run that was started last from this page. `subscribe` and `read` are what React's useSyncExternalStore takes. */
export class LatestRun {
  #id: string | null = null;
  readonly #seen = new Set<string>();
  readonly #listeners = new Set<() => void>();

  readonly read = (): string | null => this.#id;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Takes note when the answer is that of a `runAgent`. */
  note({ data }: GraphqlAnswer): void {
    const run = data?.['runAgent'];
    if (typeof run !== 'object' || run === null || !('id' in run) || typeof run.id !== 'string') return;
    this.#id = run.id;
    this.#seen.add(run.id);
    for (const listener of this.#listeners) listener();
  }

  /** Whether a `runId` in the editor is the page's own doing, so that it may be replaced. */
  mayReplace(runId: unknown): boolean {
    return runId === '' || (typeof runId === 'string' && this.#seen.has(runId));
  }
}
