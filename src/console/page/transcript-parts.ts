import type { AmbitRun } from '../../client/run-event.ts';
import {
  emptyTranscript,
  type Transcript,
  type TranscriptMessage,
  type TranscriptToolCall,
} from '../../client/transcript.ts';

/** One thing that was said or done in a run. */
export type Part =
  | { readonly type: 'message'; readonly message: TranscriptMessage }
  | { readonly type: 'call'; readonly call: TranscriptToolCall };

/** The messages and tool calls of a run, in the order in which they began. */
export function partsOf({ messages, toolCalls }: Transcript): readonly Part[] {
  const said = messages.map((message): Part => ({ type: 'message', message }));
  const done = toolCalls.map((call): Part => ({ type: 'call', call }));
  return [...said, ...done].toSorted((a, b) => seqOf(a) - seqOf(b));
}

function seqOf(part: Part): number {
  return part.type === 'message' ? part.message.seq : part.call.seq;
}

/** What a run alone tells of itself, without its events: not when anything was, nor what was said between the calls. */
export function transcriptOf(run: AmbitRun): Transcript {
  const { toolCalls, output, status } = run;
  const text = output ?? '';
  const messages = text === '' ? [] : [{ id: run.id, text, reasoning: '', seq: toolCalls.length }];
  return {
    ...emptyTranscript(),
    status,
    messages,
    toolCalls: toolCalls.map((call, seq) => ({ ...call, seq })),
    run,
  };
}
