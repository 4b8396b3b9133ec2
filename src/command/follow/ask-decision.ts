import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';

export interface Decision {
  readonly approve: boolean;
  readonly note: string | null;
}

const QUESTION = 'Approve it? y or n, and a note if you like: ';

/**
 * Asks on the terminal until there is an answer; `null`: there will be none, since the input has ended or the signal aborts. What was
 * typed before the question is no answer to it.
 */
export async function askDecision(signal?: AbortSignal): Promise<Decision | null> {
  // Not as a terminal: Ctrl-C stays the process's signal.
  const lines = createInterface({ input: process.stdin, output: process.stderr, terminal: false });
  const withdraw = (): void => lines.close();
  const ended = once(lines, 'close').then(() => null);
  signal?.addEventListener('abort', withdraw, { once: true });
  try {
    for (;;) {
      const asked = lines.question(QUESTION);
      asked.catch(() => undefined); // that it is closed says `ended`
      const answer = await Promise.race([asked, ended]);
      if (answer === null) return null;
      const decision = parseDecision(answer);
      if (decision !== null) return decision;
    }
  } finally {
    signal?.removeEventListener('abort', withdraw);
    lines.close();
  }
}

/** `y`, `no`, `n, not today`: a word that decides, and what is left as the note. */
export function parseDecision(text: string): Decision | null {
  const [, word, note = ''] = /^\s*(y|yes|n|no)(?![\p{L}\p{N}])[\s,:;.–-]*(.*?)\s*$/iu.exec(text) ?? [];
  if (word === undefined) return null;
  return { approve: word.toLowerCase().startsWith('y'), note: note === '' ? null : note };
}
