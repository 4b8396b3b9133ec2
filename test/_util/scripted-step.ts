/**
 * One answer of the scripted model, described in full. Every kind may carry `ScriptedPacing`.
 *
 * - an answer: text, reasoning and tool calls in OpenAI's frames, with finish reason, usage (when asked for) and `[DONE]`;
 * - `raw`: each string is one SSE data line, verbatim, and nothing is added: no finish, no `[DONE]`;
 * - `bytes`: the body itself, verbatim;
 * - `status`: a plain HTTP answer;
 * - `hang`: accepts the request and then never sends headers, or sends headers and nothing else.
 */
export type ScriptedStep =
  | (ScriptedAnswer & ScriptedPacing)
  | ({ readonly raw: readonly string[] } & ScriptedPacing)
  | ({ readonly bytes: readonly (string | Uint8Array)[]; readonly contentType?: string } & ScriptedPacing)
  | ScriptedStatus
  | { readonly hang: 'headers' | 'body' };

export interface ScriptedAnswer {
  readonly text?: string;
  readonly reasoning?: string;
  readonly toolCalls?: readonly ScriptedToolCall[];
  /** Pieces the text, and the arguments of each call, are cut into; left out: one per word, and two for arguments. */
  readonly chunks?: number;
  /** What the usage frame says; left out: one token per frame. `null`: no usage frame. */
  readonly usage?: { readonly inputTokens: number; readonly outputTokens: number } | null;
  /** Left out: `tool_calls` where there are calls, else `stop`. */
  readonly finishReason?: string;
}

export interface ScriptedToolCall {
  readonly name: string;
  /** An object is sent as its JSON text. */
  readonly arguments: string | object;
  /** Left out: `call_<request>_<n>`, both from 0. */
  readonly id?: string;
}

export interface ScriptedPacing {
  /**
   * So many frames are sent, then nothing until the step's handle is released. Frames in order: pieces of reasoning, pieces
   * of text, then for each call its name and the pieces of its arguments, then finish, usage and `[DONE]`.
   */
  readonly pauseBefore?: number;
  /**
   * How the body ends: `done` (default) ends it in the protocol's way; `cut` leaves out finish, usage and `[DONE]` and ends
   * the body; `reset` leaves them out and tears the connection down; `open` sends all and never ends the body.
   */
  readonly end?: 'done' | 'cut' | 'reset' | 'open';
}

export interface ScriptedStatus {
  readonly status: number;
  /** An object is sent as JSON. */
  readonly body?: string | object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The frames of a step's body, each with its SSE framing. `requestIndex` goes into ids; `withUsage`: the client asked for it. */
export function toFrames(
  step: Exclude<ScriptedStep, ScriptedStatus | { hang: unknown }>,
  options: { requestIndex: number; withUsage: boolean; model: string },
): (string | Uint8Array)[] {
  if ('bytes' in step) return [...step.bytes];
  if ('raw' in step) return step.raw.map((line) => toSse(line));
  const frame = frameWriter(options);
  const deltas = toDeltas(step, options.requestIndex);
  const frames = deltas.map((delta, index) =>
    frame([{ index: 0, delta: index === 0 ? { role: 'assistant', ...delta } : delta, finish_reason: null }]),
  );
  if (step.end === 'cut' || step.end === 'reset') return frames;
  const finishReason = step.finishReason ?? ((step.toolCalls ?? []).length > 0 ? 'tool_calls' : 'stop');
  frames.push(frame([{ index: 0, delta: {}, finish_reason: finishReason }]));
  const usage = step.usage === undefined ? { inputTokens: 1, outputTokens: deltas.length } : step.usage;
  if (options.withUsage && usage !== null) frames.push(frame([], usage));
  return [...frames, toSse('[DONE]')];
}

/** `data` as one server-sent event. */
export function toSse(data: string): string {
  return `data: ${data}\n\n`;
}

/** `text` in `count` pieces of about one length, cut between characters; without `count`, one piece per word. */
export function toPieces(text: string, count?: number): string[] {
  if (text === '') return [];
  if (count === undefined) return text.match(/\s*\S+\s*$|\s*\S+\s|\s+/g) ?? [text];
  const characters = Array.from(text);
  const size = Math.max(1, Math.ceil(characters.length / Math.max(1, count)));
  return Array.from({ length: Math.ceil(characters.length / size) }, (_, index) =>
    characters.slice(index * size, (index + 1) * size).join(''),
  );
}

function toDeltas(answer: ScriptedAnswer, requestIndex: number): object[] {
  return [
    ...toPieces(answer.reasoning ?? '', answer.chunks).map((piece) => ({ reasoning_content: piece })),
    ...toPieces(answer.text ?? '', answer.chunks).map((piece) => ({ content: piece })),
    ...(answer.toolCalls ?? []).flatMap((call, index) =>
      toCallDeltas(call, {
        index,
        id: call.id ?? `call_${requestIndex}_${index}`,
        chunks: answer.chunks ?? 2,
      }),
    ),
  ];
}

function toCallDeltas(
  call: ScriptedToolCall,
  { index, id, chunks }: { index: number; id: string; chunks: number },
): object[] {
  const text = typeof call.arguments === 'string' ? call.arguments : JSON.stringify(call.arguments);
  const head = { index, id, type: 'function', function: { name: call.name, arguments: '' } };
  const rest = toPieces(text, chunks).map((piece) => ({ index, function: { arguments: piece } }));
  return [head, ...rest].map((entry) => ({ tool_calls: [entry] }));
}

function frameWriter(options: { requestIndex: number; model: string }) {
  const common = {
    id: `chatcmpl-${options.requestIndex}`,
    object: 'chat.completion.chunk',
    created: 1_700_000_000,
    model: options.model,
  };
  return (choices: object[], usage?: { inputTokens: number; outputTokens: number }): string =>
    toSse(JSON.stringify({ ...common, choices, ...(usage === undefined ? {} : { usage: toUsage(usage) }) }));
}

function toUsage({ inputTokens, outputTokens }: { inputTokens: number; outputTokens: number }): object {
  return {
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens,
  };
}
