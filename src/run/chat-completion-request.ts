import { isRecord } from '../lib/is-record.ts';
import { parseJson } from '../lib/parse-json.ts';
import { type ModelMessage, type ModelRequest, type ModelToolCall } from './model.ts';

/**
 * The request in the Chat Completions protocol: streamed, with usage. What a model once wrote and an endpoint would refuse
 * to read again is made presentable: names of tools that do not exist, arguments that are not a JSON object.
 */
export function toChatCompletionRequest(request: ModelRequest) {
  const { model, instructions, messages, tools } = request;
  const system = instructions === null || instructions === '' ? [] : [toSystemMessage(instructions)];
  return {
    model,
    messages: [...system, ...messages.map((message) => toVendorMessage(message))],
    // An empty list is refused by OpenAI.
    ...(tools.length === 0 ? {} : { tools: tools.map((tool) => toVendorTool(tool)) }),
    stream: true as const,
    stream_options: { include_usage: true },
  };
}

function toSystemMessage(content: string) {
  return { role: 'system' as const, content };
}

function toVendorMessage(message: ModelMessage) {
  switch (message.role) {
    case 'user':
      return { role: message.role, content: message.content };
    case 'tool':
      return { role: message.role, tool_call_id: message.callId, content: message.content };
    case 'assistant':
      return toAssistantMessage(message.content, message.toolCalls);
    default:
      return message satisfies never;
  }
}

function toAssistantMessage(content: string, toolCalls: readonly ModelToolCall[]) {
  const role = 'assistant' as const;
  if (toolCalls.length === 0) return { role, content };
  return {
    role,
    content: content === '' ? null : content,
    tool_calls: toolCalls.map((call) => toVendorCall(call)),
  };
}

function toVendorCall(call: ModelToolCall) {
  const name = call.name.replaceAll(/[^a-zA-Z0-9_-]/g, '_').slice(0, 64);
  return {
    id: call.callId,
    type: 'function' as const,
    function: { name: name === '' ? 'unnamed' : name, arguments: toObjectText(call.arguments) },
  };
}

/** Arguments that are no JSON object are wrapped in one: the model still sees what it wrote, every endpoint can read it. */
function toObjectText(text: string): string {
  return isRecord(parseJson(text)) ? text : JSON.stringify({ malformed_arguments: text });
}

function toVendorTool({ name, description, parameters }: ModelRequest['tools'][number]) {
  // A JSON schema is a record; the port says `object`, so that any schema type fits.
  return { type: 'function' as const, function: { name, description, parameters: { ...parameters } } };
}
