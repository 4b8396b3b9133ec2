import { randomUUID } from 'node:crypto';

import { type ModelError } from '../errors.ts';
import { isPlainText } from '../lib/is-plain-text.ts';
import { isRecord } from '../lib/is-record.ts';
import { toWellFormedText } from '../lib/to-well-formed-text.ts';
import { readDeltaText } from './read-delta-text.ts';
import { readUsage } from './read-usage.ts';
import { createModelError, toVendorError } from './model-failure.ts';
import { type ModelEvent, type ModelTurn, type ModelUsage } from './model.ts';
import { MAX_TEXT_LENGTH, requireWithin } from './model-limits.ts';
import { TextJoiner } from './text-joiner.ts';
import { ToolCallSlots } from './tool-call-slots.ts';

/** What one chunk brought: the events to show, and whether the model moved on at all. */
export interface ChunkOutcome {
  readonly events: readonly ModelEvent[];
  /** False for chunks that say nothing: keep-alives, usage, empty deltas. */
  readonly isProgress: boolean;
}

const NOTHING: ChunkOutcome = { events: [], isProgress: false };

/**
 * Builds a turn from the chunks of a Chat Completions stream, whatever its dialect. Chunks are not trusted: every member may
 * be missing, null, or of another type, and what cannot be understood is passed over. Only the first choice counts.
 */
export class TurnAccumulator {
  readonly #text = new TextJoiner();
  readonly #reasoning = new TextJoiner();
  readonly #calls: ToolCallSlots;
  #said = '';
  #reasoningLength = 0;
  #usage: ModelUsage | null = null;
  #finishReason: string | null = null;
  readonly #named: { responseId?: string; responseModel?: string } = {};

  /** `newCallId` makes ids for calls that came without one of their own. */
  constructor(newCallId: () => string = () => `call_${randomUUID().replaceAll('-', '')}`) {
    this.#calls = new ToolCallSlots(newCallId);
  }

  /** Whether the endpoint gave a finish reason. More may follow: usage, and in some dialects a last piece. */
  get isFinished(): boolean {
    return this.#finishReason !== null;
  }

  /**
   * Takes in one chunk, parsed.
   * @throws ModelError when the chunk reports an error, or when the turn grows beyond its limits.
   */
  add(chunk: unknown): ChunkOutcome {
    if (!isRecord(chunk)) return NOTHING;
    if (chunk['object'] === 'error' || Boolean(chunk['error'])) throw reportedError(chunk);
    this.#usage = readUsage(chunk['usage']) ?? this.#usage;
    this.#name(chunk);
    const choice = findFirstChoice(chunk['choices']);
    return choice === null ? NOTHING : this.#addChoice(choice);
  }

  /** The turn, and before it what was still waiting for the other half of a character. */
  finish(): ModelEvent[] {
    const events = [...this.#showReasoning(this.#reasoning.flush()), ...this.#showText(this.#text.flush())];
    const turn: ModelTurn = {
      text: this.#said,
      toolCalls: this.#calls.finish(),
      usage: this.#usage,
      finishReason: this.#finishReason ?? 'unknown',
      ...this.#named,
    };
    return [...events, { type: 'turn', turn }];
  }

  /** Every chunk repeats it, in some dialects with an empty text at first: the first that says something counts. */
  #name({ id, model }: Record<string, unknown>): void {
    if (this.#named.responseId === undefined && isName(id)) this.#named.responseId = id;
    if (this.#named.responseModel === undefined && isName(model)) this.#named.responseModel = model;
  }

  #addChoice(choice: Record<string, unknown>): ChunkOutcome {
    const reason = choice['finish_reason'];
    if (isPresent(choice['error']) || reason === 'error') throw reportedError(choice);
    const delta = isRecord(choice['delta']) ? choice['delta'] : {};
    const { text, reasoning } = readDeltaText(delta);
    const hasCalls = this.#calls.add(delta['tool_calls']);
    const hasReason = typeof reason === 'string' && reason !== '';
    if (hasReason) this.#finishReason = toWellFormedText(reason);
    const events = [
      ...this.#showReasoning(reasoning === '' ? '' : this.#reasoning.push(reasoning)),
      ...this.#showText(text === '' ? '' : this.#text.push(text)),
    ];
    return { events, isProgress: text !== '' || reasoning !== '' || hasCalls || hasReason };
  }

  #showText(delta: string): ModelEvent[] {
    if (delta === '') return [];
    this.#said += delta;
    requireWithin(MAX_TEXT_LENGTH, this.#said.length, "The model's text is too long.");
    return [{ type: 'text', delta }];
  }

  #showReasoning(delta: string): ModelEvent[] {
    if (delta === '') return [];
    this.#reasoningLength += delta.length;
    requireWithin(MAX_TEXT_LENGTH, this.#reasoningLength, "The model's reasoning is too long.");
    return [{ type: 'reasoning', delta }];
  }
}

/** The choice with index 0, or without one. */
function findFirstChoice(choices: unknown): Record<string, unknown> | null {
  if (!Array.isArray(choices)) return null;
  const choice: unknown = choices.find((entry: unknown) => isRecord(entry) && (entry['index'] ?? 0) === 0);
  return isRecord(choice) ? choice : null;
}

function reportedError(report: object): ModelError {
  return createModelError('reported', toVendorError(JSON.stringify(report)));
}

const MAX_NAME_LENGTH = 200;

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= MAX_NAME_LENGTH && isPlainText(value);
}

function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null && value !== false;
}
