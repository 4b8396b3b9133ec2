import type { EventRow } from '../store/event.ts';
import type { ToolCallStatus } from '../store/tables.ts';

/**
 * The events of a run's log. `seq` counts 1, 2, 3 … within the run; `at` is when it happened. The payload's JSON is what the
 * `run_event` table stores.
 */
export type RunEvent =
  | RunStartedEvent
  | DeltaEvent
  | ToolCallEvent
  | ApprovalRequestedEvent
  | ApprovalResolvedEvent
  | MessageSupersededEvent
  | RunFinishedEvent;

interface Logged<TType extends string, TPayload> {
  readonly runId: string;
  readonly seq: number;
  readonly at: Date;
  readonly type: TType;
  readonly payload: TPayload;
}

export type RunStartedEvent = Logged<'RunStarted', { readonly attempt: number; readonly model: string }>;
export type DeltaEvent = Logged<DeltaType, DeltaPayload>;
export interface DeltaPayload {
  readonly messageId: string;
  readonly delta: string;
  /** Joined of several, the first of which had this `seq`: in the log of a run that ended a while ago. */
  readonly firstSeq?: number;
}
export type ToolCallEvent = Logged<ToolCallEventType, { readonly toolCall: ToolCallSnapshot }>;
export type ApprovalRequestedEvent = Logged<'ApprovalRequested', { readonly toolCall: ToolCallSnapshot }>;
export type ApprovalResolvedEvent = Logged<
  'ApprovalResolved',
  { readonly toolCall: ToolCallSnapshot; readonly approved: boolean }
>;
/** The message was broken off: another one says it anew. */
export type MessageSupersededEvent = Logged<'MessageSuperseded', { readonly messageId: string }>;
/** Always the last; the run itself tells how it ended. */
export type RunFinishedEvent = Logged<
  'RunFinished',
  { /** All events before it were deleted. */ readonly dropped?: true }
>;

export type DeltaType = 'TextDelta' | 'ReasoningDelta';
export type ToolCallEventType = 'ToolCallStarted' | 'ToolCallFinished';

/** What a run says, before the log gives it a number and a time. */
export type RunEventBody =
  | Pick<DeltaEvent, 'type' | 'payload'>
  | Pick<ToolCallEvent, 'type' | 'payload'>
  | Pick<MessageSupersededEvent, 'type' | 'payload'>;

/** What is said of a run that nobody executes, in the transaction that changes it. */
export type ApprovalEventBody =
  Pick<ApprovalRequestedEvent, 'type' | 'payload'> | Pick<ApprovalResolvedEvent, 'type' | 'payload'>;

/** A tool call as it was when the event happened. Instants are RFC 3339 texts. */
export interface ToolCallSnapshot {
  readonly id: string;
  readonly name: string;
  readonly arguments: unknown;
  readonly result: unknown;
  readonly error: string | null;
  readonly status: ToolCallStatus;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
}

/** The event that a row of the log holds: only this program writes the log. */
export function toRunEvent(row: EventRow): RunEvent {
  return row as unknown as RunEvent;
}
