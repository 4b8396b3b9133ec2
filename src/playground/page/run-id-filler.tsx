import { useGraphiQL, useOptimisticState, useVariablesEditorState } from '@graphiql/react';
import { useEffect, useSyncExternalStore } from 'react';

import type { LatestRun } from './latest-run.ts';

/**
 * Writes the id of the run that was started last into the variable `runId` of the tab that is opened, unless somebody wrote
 * another one there. Shows nothing.
 */
export function RunIdFiller({ latestRun }: { readonly latestRun: LatestRun }): null {
  const runId = useSyncExternalStore(latestRun.subscribe, latestRun.read);
  const [variables, setVariables] = useOptimisticState(useVariablesEditorState());
  const tabIndex = useGraphiQL(({ activeTabIndex }) => activeTabIndex);
  useEffect(() => {
    const values = parseObject(variables);
    if (runId === null || values === null || values['runId'] === runId) return;
    if (latestRun.mayReplace(values['runId'])) setVariables(JSON.stringify({ ...values, runId }, null, 2));
  }, [runId, tabIndex, variables, setVariables, latestRun]);
  return null;
}

/** `null` while the text is being written. */
function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : null;
  } catch {
    return null;
  }
}
