import { type RecordedMessage, type RecordedRequest } from './recorded-request.ts';

/** Why OpenAI would refuse this request, in a sentence; `null` when it would not. */
export function findConversationProblem({ path, body }: RecordedRequest): string | null {
  if (path !== '/v1/chat/completions') return `the path ${path} is not served`;
  if (typeof body.model !== 'string' || body.model === '') return 'model is missing';
  if (body.stream !== true) return 'stream is not true';
  if (!Array.isArray(body.messages) || body.messages.length === 0) return 'messages are missing';
  if (body.tools?.length === 0) return 'tools is an empty list';
  const unnamed = body.tools?.find((tool) => !NAME.test(tool.function.name));
  if (unnamed !== undefined) return `"${unnamed.function.name}" is no name for a tool`;
  return findMessageProblem(body.messages) ?? findCallProblem(body.messages);
}

const NAME = /^[a-zA-Z0-9_-]{1,64}$/;
const ROLES = new Set(['system', 'user', 'assistant', 'tool']);

function findMessageProblem(messages: readonly RecordedMessage[]): string | null {
  for (const [index, message] of messages.entries()) {
    if (!ROLES.has(message.role)) return `message ${index} has the role ${message.role}`;
    const mayBeNull = message.role === 'assistant' && (message.tool_calls ?? []).length > 0;
    if (typeof message.content !== 'string' && !mayBeNull) return `message ${index} has no content`;
    if (message.tool_calls?.length === 0) return `message ${index} has an empty list of tool calls`;
    for (const call of message.tool_calls ?? []) {
      if (!NAME.test(call.function.name)) return `message ${index} calls "${call.function.name}"`;
      if (typeof call.function.arguments !== 'string')
        return `message ${index} has arguments that are no text`;
    }
  }
  return null;
}

/** Every call is answered once, right after the message that makes it and before anything else is said. */
function findCallProblem(messages: readonly RecordedMessage[]): string | null {
  let open = new Set<string>();
  for (const [index, message] of messages.entries()) {
    if (message.role === 'tool') {
      if (!open.delete(message.tool_call_id ?? '')) return `message ${index} answers no open tool call`;
      continue;
    }
    if (open.size > 0) return `message ${index} comes before the results of ${[...open].join(', ')}`;
    const ids = (message.tool_calls ?? []).map(({ id }) => id);
    open = new Set(ids);
    if (open.size < ids.length || open.has(''))
      return `message ${index} has a tool call without an id of its own`;
  }
  return open.size > 0 ? `${[...open].join(', ')} have no result` : null;
}
