import type { Tool } from './tool.ts';

/** Bounds of one run. When one is met the run ends EXPIRED with the text so far. */
export interface RunLimits {
  /** Answers that the model may write, tool turns included. Default: 20. */
  readonly maxModelCalls: number;
  /** Default: 100. */
  readonly maxToolCalls: number;
  /** Wall clock from the start of execution. Default: 600. */
  readonly maxSeconds: number;
  /** How much of the session's past is sent to the model, in estimated tokens. Default: 32,000. */
  readonly maxHistoryTokens: number;
  /** Input and output over the whole run, as the endpoint counts them; where it does not, four characters are a token. Default: none. */
  readonly maxTokens?: number;
  /** In the currency of the agent's `price`, which it needs. Default: none. */
  readonly maxCost?: number;
}

/** What the model costs, in any currency. */
export interface ModelPrice {
  /** Of a million input tokens. */
  readonly inputPerMillion: number;
  /** Of a million output tokens. */
  readonly outputPerMillion: number;
}

/** An agent as the server holds it. */
export interface Agent {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  /** `null`: the server's default model. */
  readonly model: string | null;
  readonly instructions: string | null;
  readonly tools: readonly Tool[];
  readonly limits: RunLimits;
  /** `null`: not known. */
  readonly price: ModelPrice | null;
}

export interface AgentDefinition {
  /** Letters, digits, `.`, `_` and `-`; scopes name it. */
  readonly id: string;
  readonly name: string;
  readonly description?: string;
  /** Default: the setting AMBIT_MODEL. */
  readonly model?: string;
  /** The system message. */
  readonly instructions?: string;
  readonly tools?: readonly Tool[];
  readonly limits?: Partial<RunLimits>;
  /** Needed for the limit `maxCost`. */
  readonly price?: ModelPrice;
}

const ID = /^[A-Za-z0-9._-]+$/;

const LIMIT_NAMES: readonly string[] = [
  'maxModelCalls',
  'maxToolCalls',
  'maxSeconds',
  'maxHistoryTokens',
  'maxTokens',
  'maxCost',
] satisfies (keyof RunLimits)[];

const DEFAULT_LIMITS: RunLimits = {
  maxModelCalls: 20,
  maxToolCalls: 100,
  maxSeconds: 600,
  maxHistoryTokens: 32_000,
};

/**
 * An agent that an app can serve.
 * @throws TypeError when the definition will not do; the sentence names the agent and the mistake.
 */
export function defineAgent(definition: AgentDefinition): Agent {
  const { id, name, description = null, model = null, instructions = null, tools = [] } = definition;
  if (typeof id !== 'string' || !ID.test(id)) {
    throw new TypeError(`An agent's id is letters, digits, ".", "_" and "-"; ${JSON.stringify(id)} is not.`);
  }
  if (typeof name !== 'string' || name.trim() === '') throw new TypeError(`Agent "${id}" needs a name.`);
  const repeated = tools.find((tool, index) => tools.findIndex((other) => other.name === tool.name) < index);
  if (repeated !== undefined) throw new TypeError(`Agent "${id}" has two tools called "${repeated.name}".`);
  const limits = readLimits(id, definition.limits ?? {});
  const price = readPrice(id, definition.price ?? null);
  if (limits.maxCost !== undefined && price === null)
    throw new TypeError(`Agent "${id}": limit maxCost needs a price.`);
  return {
    id,
    name,
    description,
    model,
    instructions,
    tools,
    limits,
    price,
  };
}

function readLimits(id: string, limits: Partial<RunLimits>): RunLimits {
  for (const [name, value] of Object.entries(limits)) {
    if (!LIMIT_NAMES.includes(name)) throw new TypeError(`Agent "${id}" has an unknown limit "${name}".`);
    if (!(Number.isFinite(value) && value > 0))
      throw new TypeError(`Agent "${id}": limit ${name} must be above 0.`);
  }
  return { ...DEFAULT_LIMITS, ...limits };
}

function readPrice(id: string, price: ModelPrice | null): ModelPrice | null {
  if (price === null) return null;
  const { inputPerMillion, outputPerMillion } = price;
  const isPrice = [inputPerMillion, outputPerMillion].every((value) => Number.isFinite(value) && value >= 0);
  if (!isPrice)
    throw new TypeError(`Agent "${id}": price needs inputPerMillion and outputPerMillion, numbers from 0.`);
  return { inputPerMillion, outputPerMillion };
}
