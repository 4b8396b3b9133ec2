/** What a model is asked: the whole conversation, and the tools it may call. */
export interface ModelRequest {
  readonly model: string;
  /** The system prompt; `null` and an empty text: none. */
  readonly instructions: string | null;
  /** Oldest first. Every tool call of an assistant message is followed by its `tool` message. */
  readonly messages: readonly ModelMessage[];
  readonly tools: readonly ModelTool[];
  /** Of which run it is, for the log alone. Left out: of none. */
  readonly runId?: string;
}

/** One message of the conversation, in the order it was said. */
export type ModelMessage =
  | { readonly role: 'user'; readonly content: string }
  | {
      readonly role: 'assistant';
      readonly content: string;
      readonly toolCalls: readonly ModelToolCall[];
    }
  | { readonly role: 'tool'; readonly callId: string; readonly content: string };

/** A call that the model asks for. Nothing in it is checked: the name may be unknown, the arguments may not be JSON. */
export interface ModelToolCall {
  /** The vendor's id, unique within a turn. It goes back to the vendor and nowhere else. */
  readonly callId: string;
  readonly name: string;
  /** Raw JSON text as the model wrote it; `{}` when it wrote nothing. */
  readonly arguments: string;
}

/** A tool as the model is told of it. */
export interface ModelTool {
  readonly name: string;
  readonly description: string;
  /** A JSON schema of the arguments, an object. */
  readonly parameters: object;
}

/**
 * What a streaming model says: pieces of text and of reasoning as they arrive, and in the end exactly one `turn`. The `text`
 * deltas together are the turn's text; no delta is empty or cut inside a surrogate pair, and none holds NUL.
 */
export type ModelEvent =
  | { readonly type: 'text'; readonly delta: string }
  | { readonly type: 'reasoning'; readonly delta: string }
  | { readonly type: 'turn'; readonly turn: ModelTurn };

/** A finished answer. A turn with tool calls wants their results, whatever its `finishReason` says. */
export interface ModelTurn {
  readonly text: string;
  readonly toolCalls: readonly ModelToolCall[];
  /** `null` when the endpoint did not say. */
  readonly usage: ModelUsage | null;
  /** The endpoint's own word (`stop`, `length`, `tool_calls` …); `unknown` when it gave none. */
  readonly finishReason: string;
  /** What the endpoint calls its answer, and the model that gave it. Left out: it did not say. */
  readonly responseId?: string;
  readonly responseModel?: string;
}

export interface ModelUsage {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/**
 * A model that answers in a stream. The request is sent at the first `next()`; nothing is read ahead of the consumer. Leaving
 * the loop early, or aborting the signal, closes the connection to the model at once.
 *
 * Iterating throws `ModelError` with a sentence for people when the model fails, and the signal's reason when it is aborted.
 */
export interface Model {
  stream(request: ModelRequest, signal: AbortSignal): AsyncIterable<ModelEvent>;
}
