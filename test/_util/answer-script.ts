/** What the streaming model is to answer: as JSON, it is the message of the run. */
export interface AnswerScript {
  /** Tells runs apart: it is in every word and in the arguments of every call. */
  readonly seed: number;
  /** Words of the last answer; those before a tool call are a quarter of it. */
  readonly words: number;
  /** The tools to call, one a turn. */
  readonly tools: readonly string[];
}

/** The script that a message holds, or null. */
export function parseScript(message: string): AnswerScript | null {
  try {
    const value = JSON.parse(message) as Partial<AnswerScript> | null; // looked at below
    const { seed, words, tools } = value ?? {};
    if (typeof seed !== 'number' || typeof words !== 'number' || !Array.isArray(tools)) return null;
    return { seed, words, tools };
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** The words of one turn, counted from 0. The last turn is the one after all tools. */
export function toWords({ seed, words, tools }: AnswerScript, turn: number): string[] {
  const count = turn >= tools.length ? words : Math.ceil(words / 4);
  return Array.from({ length: count }, (_, index) => `${seed}.${turn}.${index} `);
}

/** The text that a run with this script ends with. */
export function toFinalText(script: AnswerScript): string {
  return toWords(script, script.tools.length).join('');
}
