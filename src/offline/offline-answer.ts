import { type Conversation } from './conversation.ts';
import { chooseToolCall, type OfflineToolCall } from './choose-tool-call.ts';
import { describeResult } from './describe-result.ts';
import { writeReply } from './write-reply.ts';

/** What the offline model does next: it says something, or calls one tool. */
export type OfflineAnswer =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'call'; readonly call: OfflineToolCall };

/**
 * The answer to a conversation, always the same for the same one. Results of tools are told; else a tool is called when one
 * that is on offer fits the question; else something is said. Every text says that it comes from the offline model.
 */
export function answerOffline(conversation: Conversation): OfflineAnswer {
  const { results } = conversation;
  if (results.length > 0) {
    const told = results.map((result) => describeResult(result)).join('\n\n');
    return { type: 'text', text: `${told}\n\n(From the offline model, which only repeats what tools give.)` };
  }
  const choice = chooseToolCall(conversation);
  if (choice?.type === 'call') return choice;
  return { type: 'text', text: choice?.text ?? writeReply(conversation) };
}
