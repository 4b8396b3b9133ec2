import type { ModelEvent } from './model.ts';

/** The same events, with deltas of one kind that follow each other as one. What came before a failure is shown before it. */
export function* joinDeltas(events: Iterable<ModelEvent>): Generator<ModelEvent> {
  let held: ModelEvent | null = null;
  try {
    for (const event of events) {
      if (held !== null && held.type !== 'turn' && event.type !== 'turn' && held.type === event.type) {
        held = { type: held.type, delta: held.delta + event.delta };
        continue;
      }
      if (held !== null) yield held;
      held = event;
    }
  } catch (error) {
    if (held !== null) yield held;
    throw error;
  }
  if (held !== null) yield held;
}
