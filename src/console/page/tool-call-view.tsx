import { memo, type ReactElement } from 'react';

import type { AmbitToolCall } from '../../client/run-event.ts';
import { describeDuration } from './describe-duration.ts';
import { CALL_WORDS } from './status-words.ts';

/** A tool call in a line; opened, with all that went in and came out. */
export const ToolCallView = memo(function ToolCallView({
  call,
}: {
  readonly call: AmbitToolCall;
}): ReactElement {
  const { name, status, arguments: args, result, error, startedAt, finishedAt } = call;
  const ms =
    startedAt === null || finishedAt === null ? null : Date.parse(finishedAt) - Date.parse(startedAt);
  return (
    <details className="call">
      <summary>
        <span className="call-name">{name}</span>
        <span className="call-arguments">{JSON.stringify(args)}</span>
        <span className={`status ${status.toLowerCase()}`}>
          {CALL_WORDS[status]}
          {ms !== null && ` · ${describeDuration(ms)}`}
        </span>
      </summary>
      <dl>
        <dt>Arguments</dt>
        <dd>
          <pre tabIndex={0}>{JSON.stringify(args, null, 2)}</pre>
        </dd>
        {error !== null && (
          <>
            <dt>Error</dt>
            <dd className="problem">{error}</dd>
          </>
        )}
        {result !== null && (
          <>
            <dt>Result</dt>
            <dd>
              <pre tabIndex={0}>{typeof result === 'string' ? result : JSON.stringify(result, null, 2)}</pre>
            </dd>
          </>
        )}
      </dl>
    </details>
  );
});
