import { memo, type ReactElement, useEffect, useRef, useState, useSyncExternalStore } from 'react';

import { announcer } from './announcer.ts';
import { ApprovalForm } from './approval-form.tsx';
import { describeDuration } from './describe-duration.ts';
import { toHash } from './route.ts';
import { isOver, type RunState, type RunStore } from './run-store.ts';
import { STATUS_WORDS } from './status-words.ts';
import { StreamingText } from './streaming-text.tsx';
import { TimelineView } from './timeline-view.tsx';
import { ToolCallView } from './tool-call-view.tsx';
import { type Part, partsOf } from './transcript-parts.ts';

export interface RunViewProps {
  readonly run: RunStore;
  readonly agentName: string;
  /** The address names this run: it is brought into view, with its timeline. */
  readonly isLinked: boolean;
  /** Told when it has begun or ended. */
  readonly onRun: () => void;
}

/** One run: what was asked, what was said and done, how it is, and what it spent its time on. */
export const RunView = memo(function RunView({
  run,
  agentName,
  isLinked,
  onRun,
}: RunViewProps): ReactElement {
  const state = useSyncExternalStore(run.subscribe, run.read);
  const { input, transcript, problem } = state;
  const [isTimelineOpen, setTimelineOpen] = useState(isLinked);
  const element = useRef<HTMLElement>(null);
  useEffect(() => {
    if (!isLinked) return;
    setTimelineOpen(true);
    element.current?.scrollIntoView();
  }, [isLinked]);
  useEffect(() => {
    if (isTimelineOpen) run.follow();
  }, [isTimelineOpen, run]);
  useAnnouncements(state, agentName);
  const { status } = transcript;
  useEffect(onRun, [onRun, status]);
  const parts = partsOf(transcript);
  const isLive = !isOver(status) && problem === null;
  return (
    <article className="run" ref={element} aria-label={`Run: ${input.slice(0, 80)}`}>
      <section className="asked" aria-label="You">
        <StreamingText text={input} />
      </section>
      <section className="answer" aria-label={agentName} aria-busy={isLive}>
        {parts.map((part) => (
          <PartView key={part.type === 'message' ? part.message.id : part.call.id} part={part} />
        ))}
        {isLive && parts.length === 0 && <p className="pending">{STATUS_WORDS[status]} …</p>}
        {transcript.approvals.length > 0 && <ApprovalForm calls={transcript.approvals} run={run} />}
        <Ending {...state} />
        {problem !== null && (
          <p className="problem" role="alert">
            {problem}
          </p>
        )}
      </section>
      <footer className="run-facts">
        <span className={`status ${status.toLowerCase()}`}>{STATUS_WORDS[status]}</span>
        <Metrics {...state} />
        <button
          type="button"
          className="quiet"
          aria-expanded={isTimelineOpen}
          onClick={() => setTimelineOpen((isOpen) => !isOpen)}
        >
          Timeline
        </button>
        <a href={toHash({ view: 'run', id: run.id })}>Link</a>
      </footer>
      {isTimelineOpen && <TimelineView state={state} />}
    </article>
  );
});

function PartView({ part }: { readonly part: Part }): ReactElement {
  if (part.type === 'call') return <ToolCallView call={part.call} />;
  const { text, reasoning } = part.message;
  return (
    <>
      {reasoning !== '' && (
        <details className="reasoning">
          <summary>Reasoning</summary>
          <StreamingText text={reasoning} />
        </details>
      )}
      {text !== '' && <StreamingText text={text} />}
    </>
  );
}

function Ending({ transcript: { status, run } }: RunState): ReactElement | null {
  if (run?.error !== null && run?.error !== undefined) {
    return (
      <p className="problem" role="alert">
        {run.error.message} <code>{run.error.code}</code>
      </p>
    );
  }
  return status === 'CANCELLED' ? <p className="hint">It was stopped here.</p> : null;
}

function Metrics({ transcript: { run } }: RunState): ReactElement | null {
  if (run === null) return null;
  const { inputTokens, outputTokens, timeToFirstTokenMs, durationMs } = run.metrics;
  const facts = [
    ...(durationMs === null ? [] : [describeDuration(durationMs)]),
    ...(timeToFirstTokenMs === null ? [] : [`first word after ${describeDuration(timeToFirstTokenMs)}`]),
    ...(inputTokens + outputTokens === 0 ? [] : [`${inputTokens} tokens in, ${outputTokens} out`]),
  ];
  return (
    <>
      {facts.map((fact) => (
        <span key={fact}>{fact}</span>
      ))}
    </>
  );
}

const MAX_SPOKEN = 600;

/** Says what happens, one thing at a time: of the answer nothing until it is whole. */
function useAnnouncements({ transcript, phase }: RunState, agentName: string): void {
  const { status, toolCalls, run } = transcript;
  const [wasOver] = useState(isOver(status));
  const callName = toolCalls.at(-1)?.name ?? null;
  useEffect(() => {
    if (wasOver || phase === 'known') return;
    if (status === 'RUNNING') {
      announcer.say(callName === null ? `${agentName} answers.` : `${agentName} calls ${callName}.`);
    } else if (status === 'PAUSED') announcer.say(`${agentName} waits for your approval of ${callName}.`);
    else if (isOver(status)) announcer.say(`${STATUS_WORDS[status]}. ${shorten(run?.output ?? '')}`);
  }, [wasOver, phase, status, callName, agentName, run]);
}

function shorten(text: string): string {
  return text.length <= MAX_SPOKEN ? text : `${text.slice(0, MAX_SPOKEN)} …`;
}
