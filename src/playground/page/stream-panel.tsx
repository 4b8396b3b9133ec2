import { useGraphiQL } from '@graphiql/react';
import { type ReactElement, useEffect, useRef, useSyncExternalStore } from 'react';

import type { RunStream, StreamState } from './run-stream.ts';

/** Below the answer: the text that a subscription's events make together, while the answer shows the last event as it came. */
export function StreamPanel({ stream }: { readonly stream: RunStream }): ReactElement | null {
  const state = useSyncExternalStore(stream.subscribe, stream.read);
  const query = useGraphiQL(({ tabs, activeTabIndex }) => tabs[activeTabIndex]?.query ?? '');
  const end = useRef<HTMLDivElement>(null);
  useEffect(() => {
    end.current?.scrollTo({ top: end.current.scrollHeight });
  }, [state.text]);
  if (state.phase === 'idle' || !/^\s*subscription\b/m.test(query)) return null;
  return (
    <section className="stream" aria-label="Stream">
      <p className="status">
        <span role="status">{PHASES[state.phase]}</span> {describe(state)}
      </p>
      {state.text !== '' && (
        // Focusable, so that it can be scrolled by keyboard.
        <div className="text" ref={end} role="log" aria-live="off" aria-label="Text so far" tabIndex={0}>
          {state.text}
        </div>
      )}
    </section>
  );
}

const PHASES = {
  idle: '',
  live: 'Streaming.',
  ended: 'Ended.',
  stopped: 'Stopped.',
  failed: 'Failed.',
} as const satisfies Record<StreamState['phase'], string>;

function describe({ eventCount, lastSeq, runStatus }: StreamState): string {
  const events = eventCount === 1 ? '1 event' : `${eventCount} events`;
  const parts = [
    events,
    ...(lastSeq > 0 ? [`last seq ${lastSeq}`] : []),
    ...(runStatus === null ? [] : [`run ${runStatus}`]),
  ];
  return `${parts.join(', ')}.`;
}
