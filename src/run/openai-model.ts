import { APIConnectionError, APIConnectionTimeoutError, APIError, APIUserAbortError, OpenAI } from 'openai';

import { ModelError } from '../errors.ts';
import { AnswerFrames } from './answer-frames.ts';
import { toChatCompletionRequest } from './chat-completion-request.ts';
import { fetchAnswer } from './fetch-answer.ts';
import { createModelError, createStatusError } from './model-failure.ts';
import { type Model, type ModelRequest } from './model.ts';
import { type TurnSource, TurnStream } from './turn-stream.ts';

export interface OpenAiModelConfig {
  /** `null` or empty: no Authorization header is sent, as local servers like it. */
  readonly apiKey: string | null;
  /** `null`: OpenAI's own. */
  readonly baseUrl: string | null;
  /** From the request to the first thing the model says; default 60,000. Above 300,000 `fetch` gives up first. */
  readonly firstByteTimeoutMs?: number;
  /** Between two things the model says, not counting keep-alives and empty chunks; default 60,000. Above 300,000 likewise. */
  readonly idleTimeoutMs?: number;
}

/** The SDK's own timeout ends at the response's headers; the watchdog of the stream is stricter and always comes first. */
const SDK_TIMEOUT_MS = 2 ** 31 - 1;

/**
 * A model behind any endpoint that speaks OpenAI's Chat Completions protocol, or nearly: `TurnAccumulator` bears with the
 * dialects, `TurnStream` says when a turn is complete and when it failed. Nothing is retried here, and nothing is logged: the
 * vendor's words travel as the `cause` of a `ModelError`.
 * @throws TypeError when the key cannot stand in a header.
 */
export function createOpenAiModel(config: OpenAiModelConfig): Model {
  const client = createClient(config);
  const { firstByteTimeoutMs = 60_000, idleTimeoutMs = 60_000 } = config;
  return {
    stream(request, signal) {
      const open = (httpSignal: AbortSignal) => openAnswer(client, request, httpSignal);
      const source: TurnSource = { open, judge: judgeError, firstByteTimeoutMs, idleTimeoutMs };
      return new TurnStream(source, signal);
    },
  };
}

/** The SDK is given a value for each setting that it would otherwise look up in the environment. */
function createClient({ apiKey, baseUrl }: OpenAiModelConfig): OpenAI {
  const hasKey = apiKey !== null && apiKey !== '';
  const credentials = hasKey
    ? { apiKey: requireHeaderText(apiKey) }
    : { apiKey: 'none', defaultHeaders: { Authorization: null } };
  return new OpenAI({
    ...credentials,
    adminAPIKey: null,
    baseURL: baseUrl ?? 'https://api.openai.com/v1',
    organization: null,
    project: null,
    webhookSecret: null,
    maxRetries: 0,
    timeout: SDK_TIMEOUT_MS,
    logLevel: 'off',
    fetch: fetchAnswer,
  });
}

/** The key itself is left out of the error: it is a secret. */
function requireHeaderText(apiKey: string): string {
  if (/^[\x21-\x7e]+$/.test(apiKey)) return apiKey;
  throw new TypeError('OPENAI_API_KEY must be printable ASCII characters without spaces.');
}

/** The SDK sends the request and judges its answer; the body is read here, since its own reader takes as long for a token as all else. */
async function openAnswer(client: OpenAI, request: ModelRequest, signal: AbortSignal): Promise<AnswerFrames> {
  const { body } = await client.chat.completions
    .create(toChatCompletionRequest(request), { signal })
    .asResponse();
  if (body === null) throw createModelError('noStream');
  return new AnswerFrames(body);
}

/** What an error of the SDK, of `fetch` below it or of our own code above it means. */
function judgeError(error: unknown): { error: Error; isLoss: boolean } {
  const ours = [error, causeOf(error)].find((candidate) => candidate instanceof ModelError);
  if (ours !== undefined) return { error: ours, isLoss: false };
  return { error: toModelError(error), isLoss: isLoss(error) };
}

function toModelError(error: unknown): ModelError {
  if (error instanceof APIConnectionTimeoutError) return createModelError('silentFromStart', error);
  if (error instanceof APIConnectionError) return createModelError('unreachable', error);
  if (error instanceof APIError) {
    // Without a status it is our own abort.
    const status: unknown = error.status;
    return typeof status === 'number'
      ? createStatusError({ status, code: error.code, headers: error.headers, cause: error })
      : createModelError('disconnected', error);
  }
  if (error instanceof SyntaxError) return createModelError('malformed', error);
  return createModelError(isLoss(error) ? 'disconnected' : 'unreadable', error);
}

/** Whether the connection went, or our own abort took it. A body that breaks off is a TypeError of `fetch`, with a cause. */
function isLoss(error: unknown): boolean {
  if (error instanceof TypeError) return error.cause !== undefined;
  return error instanceof APIConnectionError || error instanceof APIUserAbortError || isAbort(error);
}

/** What `fetch` throws for our own abort. */
function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}

function causeOf(error: unknown): unknown {
  return error instanceof Error ? error.cause : undefined;
}
