import { toWellFormedText } from '../lib/to-well-formed-text.ts';
import { type ModelToolCall } from './model.ts';
import { MAX_ARGUMENTS_LENGTH, MAX_TOOL_CALLS, requireWithin } from './model-limits.ts';
import { isWholeObject, readToolCallDelta, type ToolCallDelta } from './tool-call-delta.ts';

interface Slot {
  /** As the endpoint counts, from whatever base; `null`: it does not count. */
  readonly index: number | null;
  id: string | null;
  name: string;
  arguments: string;
}

/**
 * Puts the tool calls of one turn together from their deltas. Endpoints differ in how they say which call a delta continues;
 * each delta goes to the first of these that exists:
 *
 * 1. with an index: the call of that index and id, else the last call of that index;
 * 2. without: the call of that id; of several deltas in one chunk, the call at the same position; the last call.
 *
 * A delta that names a call anew, by another id or after complete arguments, opens a call of its own.
 */
export class ToolCallSlots {
  readonly #slots: Slot[] = [];
  readonly #newCallId: () => string;
  #length = 0;

  constructor(newCallId: () => string) {
    this.#newCallId = newCallId;
  }

  /**
   * Takes the `tool_calls` of one delta, whatever it is. `true` when it said anything.
   * @throws ModelError beyond 128 calls or 16 MB.
   */
  add(entries: unknown): boolean {
    if (!Array.isArray(entries)) return false;
    const deltas = entries.map((entry) => readToolCallDelta(entry)).filter((delta) => delta !== null);
    for (const [position, delta] of deltas.entries()) {
      const isAlone = deltas.length === 1;
      this.#fill(this.#choose(delta, isAlone ? null : position), delta);
    }
    return deltas.length > 0;
  }

  /** The calls in the order they were opened, each with an id that no other has and with arguments that are not empty. */
  finish(): ModelToolCall[] {
    const taken = new Set<string>();
    return this.#slots.map((slot) => {
      const own = slot.id === null || taken.has(slot.id) ? this.#newCallId() : slot.id;
      taken.add(own);
      return {
        callId: toWellFormedText(own),
        name: toWellFormedText(slot.name),
        arguments: slot.arguments.trim() === '' ? '{}' : toWellFormedText(slot.arguments),
      };
    });
  }

  #choose(delta: ToolCallDelta, position: number | null): Slot {
    const candidate =
      delta.index === null ? this.#withoutIndex(delta, position) : this.#withIndex(delta, delta.index);
    return candidate === undefined || startsAnotherCall(candidate, delta)
      ? this.#open(delta.index)
      : candidate;
  }

  #withIndex({ id, name }: ToolCallDelta, index: number): Slot | undefined {
    const sameIndex = this.#slots.filter((slot) => slot.index === index);
    const sameId = this.#slots.find((slot) => slot.id === id && (slot.index ?? index) === index);
    // A bare continuation of an index that nobody opened can only mean the call before it.
    const before = id === null && name === '' ? this.#slots.at(-1) : undefined;
    return (id === null ? undefined : sameId) ?? sameIndex.at(-1) ?? before;
  }

  #withoutIndex({ id }: ToolCallDelta, position: number | null): Slot | undefined {
    const sameId = id === null ? undefined : this.#slots.find((slot) => slot.id === id);
    return sameId ?? (position === null ? this.#slots.at(-1) : this.#slots[position]);
  }

  #open(index: number | null): Slot {
    const slot: Slot = { index, id: null, name: '', arguments: '' };
    this.#slots.push(slot);
    requireWithin(MAX_TOOL_CALLS, this.#slots.length, 'The model asked for too many tool calls in one turn.');
    return slot;
  }

  #fill(slot: Slot, delta: ToolCallDelta): void {
    if (slot.id === null) slot.id = delta.id;
    if (slot.arguments === '' && delta.name !== slot.name) slot.name += delta.name;
    if (delta.isWhole) slot.arguments = delta.arguments;
    else if (!repeats(slot, delta)) slot.arguments += delta.arguments;
    this.#length += (delta.id ?? '').length + delta.name.length + delta.arguments.length;
    requireWithin(MAX_ARGUMENTS_LENGTH, this.#length, 'The arguments of the tool calls are too long.');
  }
}

/** Two ids decide. Without them it takes a name: another one after arguments began, or arguments after complete ones. */
function startsAnotherCall(slot: Slot, delta: ToolCallDelta): boolean {
  if (delta.name === '') return false;
  if (delta.id !== null && slot.id !== null) return delta.id !== slot.id;
  if (slot.arguments === '') return false;
  if (delta.name !== slot.name) return true;
  return delta.arguments.trimStart().startsWith('{') && isWholeObject(slot.arguments);
}

/** Whether the delta says the complete arguments again, as some endpoints do in their last chunk. */
function repeats(slot: Slot, delta: ToolCallDelta): boolean {
  return delta.arguments === slot.arguments && isWholeObject(slot.arguments);
}
