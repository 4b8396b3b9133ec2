/** A run to come back to. */
export interface RememberedRun {
  readonly runId: string;
  readonly agentId: string;
  readonly sessionId?: string;
  readonly message?: string;
}

/** What is used of a Web Storage, as `localStorage` or `sessionStorage`. */
export interface RunStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

export interface RememberedRuns {
  /** Remembers a run, or more about it. */
  save(run: RememberedRun): void;
  /** Those that are remembered, the oldest first. */
  list(): readonly RememberedRun[];
  forget(runId: string): void;
}

const MAX_RUNS = 100;

/**
 * Runs under a name in a storage, so that a page that is loaded again finds them; the hundred that were saved last. A storage that is
 * full or forbidden remembers nothing, and nothing fails for it.
 */
export function rememberRuns(storage: RunStorage, name: string): RememberedRuns {
  const write = (runs: readonly RememberedRun[]): void => {
    try {
      storage.setItem(name, JSON.stringify(runs.slice(-MAX_RUNS)));
    } catch {
      // As said above.
    }
  };
  const list = (): readonly RememberedRun[] => {
    try {
      const runs: unknown = JSON.parse(storage.getItem(name) ?? '[]');
      return Array.isArray(runs) ? runs.filter(isRun) : [];
    } catch {
      return [];
    }
  };
  return {
    list,
    save: (run) => write([...list().filter(({ runId }) => runId !== run.runId), run]),
    forget: (id) => write(list().filter(({ runId }) => runId !== id)),
  };
}

function isRun(value: unknown): value is RememberedRun {
  return (
    typeof value === 'object' &&
    value !== null &&
    'runId' in value &&
    typeof value.runId === 'string' &&
    'agentId' in value &&
    typeof value.agentId === 'string'
  );
}
