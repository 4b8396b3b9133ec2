import type { RunStatus } from './generated/graphql.ts';
import type { AmbitRun, AmbitRunEvent, AmbitToolCall, ServerRunEvent } from './run-event.ts';
import { EMPTY_TIMELINE, extendTimeline, type TimelineSpan } from './timeline.ts';

/** One message of the model. */
export interface TranscriptMessage {
  readonly id: string;
  readonly text: string;
  readonly reasoning: string;
  /** Of its first piece: messages and tool calls in the order of `seq` are the conversation. */
  readonly seq: number;
}

export interface TranscriptToolCall extends AmbitToolCall {
  /** Of the event that told of it first. */
  readonly seq: number;
}

/** What the events of a run amount to. */
export interface Transcript {
  /** Of the last event that was applied. */
  readonly seq: number;
  readonly status: RunStatus;
  /** In the order in which they began; those that were broken off and said anew are not among them. */
  readonly messages: readonly TranscriptMessage[];
  /** In the order in which they began, as they are. */
  readonly toolCalls: readonly TranscriptToolCall[];
  /** The calls that wait for a decision. */
  readonly approvals: readonly AmbitToolCall[];
  /** What the run spent its time on. */
  readonly timeline: readonly TimelineSpan[];
  /** Whether events were deleted before they could be read: text and tool calls are those that `run` tells of. */
  readonly hasGap: boolean;
  /** The run, once it is over; `null` before. */
  readonly run: AmbitRun | null;
}

/** Of a run of which nothing is known yet. */
export function emptyTranscript(): Transcript {
  return {
    seq: 0,
    status: 'QUEUED',
    messages: [],
    toolCalls: [],
    approvals: [],
    timeline: EMPTY_TIMELINE,
    hasGap: false,
    run: null,
  };
}

/** The transcript after an event. One that was applied already changes nothing, and gives the same object. */
export function applyEvent(view: Transcript, event: AmbitRunEvent): Transcript {
  if (event.__typename === 'EventsReset') {
    if (event.seq < view.seq) return { ...emptyTranscript(), seq: event.seq, hasGap: event.seq > 0 };
    return { ...view, seq: event.seq, hasGap: true };
  }
  if (event.seq <= view.seq) return view;
  const timeline = extendTimeline(view.timeline, event);
  return { ...view, ...changeOf(view, event), timeline, seq: event.seq };
}

function changeOf(view: Transcript, event: ServerRunEvent): Partial<Transcript> {
  switch (event.__typename) {
    case 'RunStarted':
      return { status: 'RUNNING' };
    case 'TextDelta':
      return { messages: addTo(view.messages, event, { text: event.delta }) };
    case 'ReasoningDelta':
      return { messages: addTo(view.messages, event, { reasoning: event.delta }) };
    case 'MessageSuperseded':
      return { messages: view.messages.filter(({ id }) => id !== event.messageId) };
    case 'ToolCallStarted':
    case 'ToolCallFinished':
      return { toolCalls: put(view.toolCalls, event), approvals: without(view.approvals, event) };
    case 'ApprovalRequested': {
      const approvals = [...without(view.approvals, event), event.toolCall];
      return { status: 'PAUSED', toolCalls: put(view.toolCalls, event), approvals };
    }
    case 'ApprovalResolved': {
      const approvals = without(view.approvals, event);
      const status = approvals.length === 0 ? 'RUNNING' : 'PAUSED';
      return { status, toolCalls: put(view.toolCalls, event), approvals };
    }
    case 'RunFinished':
      return finish(view, event);
    default:
      // Of a kind that a later server may have.
      event satisfies never;
      return {};
  }
}

/** The run itself tells how each call ended, and, where events are missing, what was said. */
function finish(
  view: Transcript,
  { run, seq }: Extract<ServerRunEvent, { __typename: 'RunFinished' }>,
): Partial<Transcript> {
  const toolCalls = run.toolCalls.reduce((calls, toolCall) => put(calls, { toolCall, seq }), view.toolCalls);
  const told = view.hasGap && run.output ? [{ id: run.id, text: run.output, reasoning: '', seq }] : null;
  return { status: run.status, run, toolCalls, approvals: [], ...(told && { messages: told }) };
}

function addTo(
  messages: Transcript['messages'],
  { messageId, seq }: { readonly messageId: string; readonly seq: number },
  { text = '', reasoning = '' }: { readonly text?: string; readonly reasoning?: string },
): Transcript['messages'] {
  const index = messages.findLastIndex(({ id }) => id === messageId);
  const message = messages[index];
  if (message === undefined) return [...messages, { id: messageId, text, reasoning, seq }];
  const longer = { ...message, text: message.text + text, reasoning: message.reasoning + reasoning };
  return messages.with(index, longer);
}

interface OfToolCall {
  readonly toolCall: AmbitToolCall;
  readonly seq: number;
}

function put(calls: Transcript['toolCalls'], { toolCall, seq }: OfToolCall): Transcript['toolCalls'] {
  const index = calls.findIndex(({ id }) => id === toolCall.id);
  const known = calls[index];
  if (known === undefined) return [...calls, { ...toolCall, seq }];
  return calls.with(index, { ...known, ...toolCall });
}

function without(
  calls: readonly AmbitToolCall[],
  { toolCall }: Pick<OfToolCall, 'toolCall'>,
): readonly AmbitToolCall[] {
  return calls.filter(({ id }) => id !== toolCall.id);
}
