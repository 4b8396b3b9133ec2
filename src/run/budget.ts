import type { Agent } from '../agent/agent.ts';
import type { RunMetricsRow } from '../store/run-row.ts';
import type { RunProgress } from './run-progress.ts';
import { limitMet } from './run-stop.ts';

type Bounded = Pick<Agent, 'limits' | 'price'>;
type Spent = Pick<RunMetricsRow, 'inputTokens' | 'outputTokens'>;

const MILLION = 1_000_000;

/**
 * Asks the model within the agent's bounds on tokens and cost: not at all when nothing is left of them, and when the answer went
 * beyond one, the run ends with it.
 * @throws RunStop when a bound is met; whatever `ask` throws.
 */
export async function withinBudget<TTurn>(
  { agent, progress }: { readonly agent: Bounded; readonly progress: Pick<RunProgress, 'metrics'> },
  ask: () => Promise<TTurn>,
): Promise<TTurn> {
  requireBudget(agent, progress.metrics, (used, bound) => used < bound);
  const turn = await ask();
  requireBudget(agent, progress.metrics, (used, bound) => used <= bound);
  return turn;
}

/** What that many tokens cost, in the currency of the agent's price; without one: 0. */
export function costOf({ price }: Pick<Agent, 'price'>, { inputTokens, outputTokens }: Spent): number {
  if (price === null) return 0;
  return (inputTokens * price.inputPerMillion + outputTokens * price.outputPerMillion) / MILLION;
}

function requireBudget(
  agent: Bounded,
  spent: Spent,
  isWithin: (used: number, bound: number) => boolean,
): void {
  const { maxTokens = Infinity, maxCost = Infinity } = agent.limits;
  if (!isWithin(spent.inputTokens + spent.outputTokens, maxTokens))
    throw limitMet(`The run used its ${maxTokens} tokens.`);
  if (!isWithin(costOf(agent, spent), maxCost)) throw limitMet(`The run used its budget of ${maxCost}.`);
}
