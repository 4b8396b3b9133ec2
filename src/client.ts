/** The client's public face, `ambit/client`: for browsers and Node. */
export { type AgentRun } from './client/agent-run.ts';
export {
  type AmbitClient,
  type AmbitClientOptions,
  createAmbitClient,
  type ResumeRunOptions,
  type RunAgentOptions,
  type SubscribeOptions,
} from './client/ambit-client.ts';
export { AmbitClientError, type AnsweredError } from './client/client-error.ts';
export { type Document, type TypedDocument } from './client/document.ts';
export type { ApprovalDecision, OnBusy, RunStatus, ToolCallStatus } from './client/generated/graphql.ts';
export { type RetryOptions } from './client/patience.ts';
export {
  type RememberedRun,
  type RememberedRuns,
  rememberRuns,
  type RunStorage,
} from './client/remember-runs.ts';
export {
  type AmbitRun,
  type AmbitRunEvent,
  type AmbitToolCall,
  type EventsReset,
} from './client/run-event.ts';
export { type TimelineSpan } from './client/timeline.ts';
export { type Token } from './client/token-source.ts';
export {
  applyEvent,
  emptyTranscript,
  type Transcript,
  type TranscriptMessage,
  type TranscriptToolCall,
} from './client/transcript.ts';
