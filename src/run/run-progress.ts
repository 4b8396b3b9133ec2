import type { RunMetricsRow } from '../store/run-row.ts';
import type { StepRow } from '../store/step-row.ts';
import type { ModelUsage } from './model.ts';

/** What a run has come to so far: its text, what it cost, and the place of its next step. */
export class RunProgress {
  readonly #startedAt: number;
  readonly #now: () => Date;
  #nextIndex: number;
  #text = '';
  #textOfEarlierTurn = '';
  #inputTokens = 0;
  #outputTokens = 0;
  #modelCalls = 0;
  #toolCalls = 0;
  #timeToFirstTokenMs: number | null = null;

  constructor({ startedAt, nextIndex, now }: { startedAt: Date; nextIndex: number; now: () => Date }) {
    this.#startedAt = startedAt.getTime();
    this.#nextIndex = nextIndex;
    this.#now = now;
  }

  /** Takes up what earlier attempts have come to. `firstTextAt`: when the first piece of text was said. */
  restore(steps: readonly StepRow[], firstTextAt: Date | null): void {
    const turns = steps.filter((step) => step.kind === 'model');
    const texts = turns.flatMap(({ status, content }) =>
      status === 'COMPLETED' && content !== '' ? [content] : [],
    );
    this.#nextIndex = Math.max(this.#nextIndex, ...steps.map(({ index }) => index + 1));
    this.#textOfEarlierTurn = texts.at(-1) ?? '';
    this.#modelCalls = turns.length;
    this.#toolCalls = steps.filter(({ kind }) => kind === 'tool').length;
    for (const { inputTokens, outputTokens } of turns)
      this.addUsage({ inputTokens: inputTokens ?? 0, outputTokens: outputTokens ?? 0 });
    if (firstTextAt !== null) this.#timeToFirstTokenMs = Math.max(0, firstTextAt.getTime() - this.#startedAt);
  }

  takeIndex(): number {
    return this.#nextIndex++;
  }

  /** A new message begins. */
  beginMessage(): void {
    this.#modelCalls += 1;
    if (this.#text !== '') this.#textOfEarlierTurn = this.#text;
    this.#text = '';
  }

  addText(delta: string): void {
    this.#timeToFirstTokenMs ??= Math.max(0, this.#now().getTime() - this.#startedAt);
    this.#text += delta;
  }

  addUsage(usage: ModelUsage | null): void {
    this.#inputTokens += usage?.inputTokens ?? 0;
    this.#outputTokens += usage?.outputTokens ?? 0;
  }

  addToolCalls(count: number): void {
    this.#toolCalls += count;
  }

  /** The last text there is. */
  get textSoFar(): string {
    return this.#text === '' ? this.#textOfEarlierTurn : this.#text;
  }

  get metrics(): RunMetricsRow {
    return {
      inputTokens: this.#inputTokens,
      outputTokens: this.#outputTokens,
      modelCalls: this.#modelCalls,
      toolCalls: this.#toolCalls,
      timeToFirstTokenMs: this.#timeToFirstTokenMs,
    };
  }
}
