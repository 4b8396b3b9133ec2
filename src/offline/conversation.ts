/** A request in the Chat Completions protocol, as far as the offline model reads it. */
export interface ChatRequest {
  readonly messages: readonly ChatMessage[];
  readonly tools?: readonly { readonly function: { readonly name: string } }[];
}

interface ChatMessage {
  readonly role: string;
  readonly content: unknown;
  readonly tool_calls?: readonly { readonly id: string; readonly function: { readonly name: string } }[];
  readonly tool_call_id?: string;
}

/** A tool's result, as the model reads it: JSON, or a sentence that says why there is none. */
export interface ToolResult {
  readonly tool: string;
  readonly content: string;
}

/** What a request asks. */
export interface Conversation {
  /** The system message; empty: none. */
  readonly instructions: string;
  /** The last thing the user said. */
  readonly question: string;
  /** What the user said before, oldest first. */
  readonly earlier: readonly string[];
  /** What tools gave since the question. */
  readonly results: readonly ToolResult[];
  /** Names of the tools on offer. */
  readonly tools: ReadonlySet<string>;
}

/** Reads a request; what is missing in it is empty. */
export function readConversation({ messages, tools = [] }: ChatRequest): Conversation {
  const said = messages.filter(({ role }) => role === 'user').map(({ content }) => readText(content));
  const lastUser = messages.findLastIndex(({ role }) => role === 'user');
  return {
    instructions: messages
      .filter(({ role }) => role === 'system')
      .map(({ content }) => readText(content))
      .join('\n'),
    question: said.at(-1) ?? '',
    earlier: said.slice(0, -1),
    results: readResults(messages.slice(lastUser + 1)),
    tools: new Set(tools.map((tool) => tool.function.name)),
  };
}

function readResults(messages: readonly ChatMessage[]): ToolResult[] {
  const names = new Map(
    messages.flatMap(({ tool_calls = [] }) => tool_calls.map((call) => [call.id, call.function.name])),
  );
  return messages
    .filter(({ role }) => role === 'tool')
    .map(({ tool_call_id = '', content }) => ({
      tool: names.get(tool_call_id) ?? 'a tool',
      content: readText(content),
    }));
}

function readText(content: unknown): string {
  return typeof content === 'string' ? content : '';
}
