import type { ServerRunEvent } from './run-event.ts';

/** A stretch of a run's time: the model at work, a tool call, or one that waits for a decision. Those of tools may overlap. */
export interface TimelineSpan {
  readonly kind: 'model' | 'tool' | 'waiting';
  /** Of the tool call; of the model, the number of its turn, from 1. */
  readonly id: string;
  /** The tool's name, or the model's. */
  readonly label: string;
  /** In RFC 3339. */
  readonly startedAt: string;
  /** `null`: it goes on. */
  readonly endedAt: string | null;
}

export const EMPTY_TIMELINE: readonly TimelineSpan[] = [];

type Timeline = readonly TimelineSpan[];

/** The timeline after another event of the run. The model is at work whenever no tool is and nothing waits. */
export function extendTimeline(spans: Timeline, event: ServerRunEvent): Timeline {
  const { at } = event;
  switch (event.__typename) {
    case 'RunStarted':
      return openModel(closeAll(spans, at), at, event.model);
    case 'ToolCallStarted':
      return openCall(endTurn(spans, event), event, 'tool');
    case 'ApprovalRequested':
      return openCall(close(spans, at, isModel), event, 'waiting');
    case 'ApprovalResolved':
    case 'ToolCallFinished': {
      const rest = close(spans, at, ({ id }) => id === event.toolCall.id);
      // A call that was approved is made next.
      return event.__typename === 'ApprovalResolved' && event.approved ? rest : openModel(rest, at);
    }
    case 'RunFinished':
      return closeAll(spans, at);
    default:
      return spans;
  }
}

/** The model's turn ends in a call. A run that goes on with one that was decided has had no turn: it only seemed to begin one. */
function endTurn(
  spans: Timeline,
  { toolCall, at }: Extract<ServerRunEvent, { __typename: 'ToolCallStarted' }>,
): Timeline {
  if (!spans.some(({ kind, id }) => kind === 'waiting' && id === toolCall.id))
    return close(spans, at, isModel);
  return spans.filter((span) => span.endedAt !== null || !isModel(span));
}

function isModel({ kind }: TimelineSpan): boolean {
  return kind === 'model';
}

function close(spans: Timeline, at: string, isMeant: (span: TimelineSpan) => boolean): Timeline {
  return spans.map((span) => (span.endedAt === null && isMeant(span) ? { ...span, endedAt: at } : span));
}

function closeAll(spans: Timeline, at: string): Timeline {
  return close(spans, at, () => true);
}

function openModel(spans: Timeline, at: string, model?: string): Timeline {
  if (spans.some(({ endedAt }) => endedAt === null)) return spans;
  const turns = spans.filter(isModel);
  const label = model ?? turns.at(-1)?.label ?? '';
  return [...spans, { kind: 'model', id: String(turns.length + 1), label, startedAt: at, endedAt: null }];
}

function openCall(
  spans: Timeline,
  { toolCall, at }: Extract<ServerRunEvent, { __typename: 'ToolCallStarted' | 'ApprovalRequested' }>,
  kind: TimelineSpan['kind'],
): Timeline {
  return [...spans, { kind, id: toolCall.id, label: toolCall.name, startedAt: at, endedAt: null }];
}
