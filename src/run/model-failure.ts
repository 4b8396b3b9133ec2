import { ModelError } from '../errors.ts';

/** What can go wrong with a model endpoint, each in a sentence that people read and that holds nothing of the vendor's. */
const SENTENCES = {
  unreachable: 'The model endpoint could not be reached.',
  disconnected: 'The connection to the model endpoint was lost before the answer was complete.',
  truncated: 'The model endpoint ended its answer before it was complete.',
  silentFromStart: 'The model endpoint did not begin to answer in time.',
  silentMidway: 'The model endpoint fell silent in the middle of its answer.',
  malformed: 'The model endpoint sent something that is not JSON in the middle of its answer.',
  webPage:
    'The model endpoint answered with a web page: OPENAI_BASE_URL may name a site and not its API (…/v1).',
  noStream: 'The model endpoint did not answer with a stream of events.',
  reported: 'The model endpoint reported an error while it was answering.',
  frameTooLarge: 'The model endpoint sent a single event that is too large.',
  unreadable: "The model endpoint's answer could not be read.",
} as const;

export type ModelFailure = keyof typeof SENTENCES;

/** A failure that may pass: the same request may do a little later, unless the answer has begun. */
export class TransientModelError extends ModelError {
  override readonly name = 'ModelError';
  /** Of the answer, which may say when to ask again; `null`: there was none. */
  readonly headers: Pick<Headers, 'get'> | null;

  constructor(message: string, options: ErrorOptions & { headers?: Pick<Headers, 'get'> | null }) {
    super(message, options);
    this.headers = options.headers ?? null;
  }
}

const TRANSIENT: ReadonlySet<ModelFailure> = new Set(['unreachable', 'disconnected']);

/** A `ModelError` with the sentence of `failure`; a lost connection is a `TransientModelError`. */
export function createModelError(failure: ModelFailure, cause?: unknown): ModelError {
  const options = cause === undefined ? {} : { cause };
  return TRANSIENT.has(failure)
    ? new TransientModelError(SENTENCES[failure], options)
    : new ModelError(SENTENCES[failure], options);
}

export interface StatusFailure {
  readonly status: number;
  /** The vendor's error code, where it gave one. */
  readonly code?: unknown;
  readonly headers?: Pick<Headers, 'get'> | undefined;
  readonly cause: unknown;
}

/** A `ModelError` for an HTTP status that is no success: a `TransientModelError` for 408, 429 and everything from 500. */
export function createStatusError({ status, code, headers, cause }: StatusFailure): ModelError {
  const message = `${describeStatus(status, code)} (HTTP ${status}).`;
  const mayPass = status === 408 || (status === 429 && code !== 'insufficient_quota') || status >= 500;
  return mayPass
    ? new TransientModelError(message, { cause, headers: headers ?? null })
    : new ModelError(message, { cause });
}

const MAX_EXCERPT_LENGTH = 2000;

/** What the vendor said, cut to 2,000 characters, as an error for the log: only ever a `cause`. */
export function toVendorError(text: string): Error {
  return new Error(text.length > MAX_EXCERPT_LENGTH ? `${text.slice(0, MAX_EXCERPT_LENGTH)}…` : text);
}

function describeStatus(status: number, code: unknown): string {
  if (code === 'context_length_exceeded') return 'The conversation is longer than the model can take';
  if (code === 'model_not_found') return 'The model endpoint does not know the model that the agent asks for';
  if (code === 'insufficient_quota') return "The model endpoint's quota is used up";
  const sentence = STATUS_SENTENCES.get(status);
  if (sentence !== undefined) return sentence;
  if (status >= 500) return 'The model endpoint failed';
  return 'The model endpoint did not accept the request';
}

const STATUS_SENTENCES: ReadonlyMap<number, string> = new Map([
  [401, 'The model endpoint refused the API key'],
  [402, "The model endpoint's quota is used up"],
  [403, 'The model endpoint does not allow this API key to use the model'],
  [404, 'The model endpoint does not know the model, or does not serve Chat Completions at this address'],
  [408, 'The model endpoint gave up waiting for the request'],
  [413, 'The conversation is larger than the model endpoint takes'],
  [429, 'The model endpoint is asked too often just now'],
  [503, 'The model endpoint is overloaded or down'],
  [529, 'The model endpoint is overloaded or down'],
]);
