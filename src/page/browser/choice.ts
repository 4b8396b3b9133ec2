import { sessionItems } from './browser-storage.ts';

/** Whom the page acts as: a caller on offer, or the holder of a pasted token. */
export type Choice =
  { readonly type: 'offer'; readonly id: string } | { readonly type: 'token'; readonly token: string };

const KEY = 'ambit:choice';

/** The choice made last in this browser tab. */
export function readChoice(): Choice | null {
  const text = sessionItems.getItem(KEY);
  // Only `keepChoice` writes it.
  return text === null ? null : (JSON.parse(text) as Choice);
}

/** Keeps the choice until this browser tab is closed; `null` forgets it. */
export function keepChoice(choice: Choice | null): void {
  if (choice === null) sessionItems.removeItem(KEY);
  else sessionItems.setItem(KEY, JSON.stringify(choice));
}
