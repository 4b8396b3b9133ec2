import { z } from 'zod';
import type { Identity } from '../scope/principal.ts';
import { parseScope } from '../scope/scope.ts';

/**
 * What may happen when a tool is called again with the same arguments and key: `read` changes nothing; `idempotent` changes
 * something, but a repetition with the same `idempotencyKey` changes nothing more; `once` must not be repeated.
 */
export type ToolEffect = 'read' | 'idempotent' | 'once';

export interface ToolContext {
  /** Aborts when the run is cancelled or the tool's time is up. */
  readonly signal: AbortSignal;
  /** Made by the server, the same whenever this very call is made again. */
  readonly idempotencyKey: string;
  /** Who started the run. */
  readonly principal: Identity;
}

/** Whether a call needs an approval: of every call, of none, or as its arguments and who started the run decide. */
export type ApprovalPolicy<TArgs> =
  boolean | ((args: TArgs, principal: Identity) => boolean | Promise<boolean>);

/** Who may approve a call: anybody who may decide, or only somebody `other` than who started the run. */
export type Approver = 'any' | 'other';

/** A tool as the server holds it: made by `defineTool`, its arguments' type forgotten. */
export interface Tool {
  readonly name: string;
  readonly description: string;
  readonly parameters: z.ZodObject;
  /** JSON Schema of `parameters`, as the model and clients see it. */
  readonly parametersSchema: Readonly<Record<string, unknown>>;
  readonly effect: ToolEffect;
  readonly needsApproval: ApprovalPolicy<never>;
  readonly approver: Approver;
  /** How long an approval is waited for; `null`: as the server is set. */
  readonly approvalSeconds: number | null;
  readonly scope: string | null;
  readonly timeoutMs: number;
  readonly run: (args: never, context: ToolContext) => unknown;
}

export interface ToolDefinition<TParameters extends z.ZodObject> {
  /** What the model calls it: letters, digits, `_` and `-`, at most 64. */
  readonly name: string;
  /** Told to the model. */
  readonly description: string;
  /** A zod object; each property's `.describe()` is told to the model. */
  readonly parameters: TParameters;
  /** Default: `once`. */
  readonly effect?: ToolEffect;
  /**
   * Whether a call waits for an approval. A function that throws, or is not done in `timeoutMs`, counts as yes; arguments that do
   * not fit the parameters fail without being asked about. Default: no.
   */
  readonly needsApproval?: ApprovalPolicy<z.output<TParameters>>;
  /** Default: `any`. */
  readonly approver?: Approver;
  /** How long an approval is waited for; after that it counts as refused. Default: the setting AMBIT_APPROVAL_SECONDS. */
  readonly approvalSeconds?: number;
  /** Keeps the tool from the model unless the run's starter holds this scope. Default: none needed. */
  readonly scope?: string;
  /** Default: 60,000. */
  readonly timeoutMs?: number;
  /**
   * The tool's work. Its result, anything JSON can hold, goes to the model and to clients. What it throws is told as "The
   * tool failed."; `throw new ToolError(text)` tells the text.
   */
  readonly run: (args: z.output<TParameters>, context: ToolContext) => unknown;
}

const NAME = /^[A-Za-z0-9_-]{1,64}$/;
const DEFAULT_TIMEOUT_MS = 60_000;

/**
 * A tool that agents can be given.
 * @throws TypeError when the definition will not do; the sentence names the tool and the mistake.
 */
export function defineTool<TParameters extends z.ZodObject>(definition: ToolDefinition<TParameters>): Tool {
  const { name, description, parameters, effect = 'once', scope = null } = definition;
  const { needsApproval = false, approver = 'any', approvalSeconds = null } = definition;
  if (typeof name !== 'string' || !NAME.test(name)) {
    throw new TypeError(
      `A tool's name is letters, digits, _ and -, at most 64; ${JSON.stringify(name)} is not.`,
    );
  }
  const problem = findProblem(definition);
  if (problem !== null) throw new TypeError(`Tool "${name}" ${problem}`);
  return {
    name,
    description,
    parameters,
    parametersSchema: toJsonSchema(name, parameters),
    effect,
    needsApproval,
    approver,
    approvalSeconds,
    scope,
    timeoutMs: definition.timeoutMs ?? DEFAULT_TIMEOUT_MS,
    run: definition.run,
  };
}

function findProblem(definition: ToolDefinition<z.ZodObject>): string | null {
  const { description, parameters, effect, scope, timeoutMs, run } = definition;
  const { needsApproval, approver, approvalSeconds } = definition;
  if (typeof description !== 'string' || description.trim() === '')
    return 'needs a description: the model chooses by it.';
  if (!(parameters instanceof z.ZodObject)) return 'needs parameters: a zod object, z.object({}) for none.';
  if (typeof run !== 'function') return 'needs a run function.';
  if (effect !== undefined && !['read', 'idempotent', 'once'].includes(effect)) {
    return `has effect ${JSON.stringify(effect)}; it is read, idempotent or once.`;
  }
  if (needsApproval !== undefined && !['boolean', 'function'].includes(typeof needsApproval))
    return 'has a needsApproval that is neither a boolean nor a function.';
  if (approver !== undefined && !['any', 'other'].includes(approver))
    return `has approver ${JSON.stringify(approver)}; it is any or other.`;
  if (approvalSeconds !== undefined && !(Number.isInteger(approvalSeconds) && approvalSeconds > 0))
    return 'has approvalSeconds that are no positive integer.';
  if (scope !== undefined && parseScope(scope) === null) {
    return `has scope ${JSON.stringify(scope)}; write resource:action or resource:id:action.`;
  }
  if (timeoutMs !== undefined && !(Number.isInteger(timeoutMs) && timeoutMs > 0))
    return 'has a timeoutMs that is no positive integer.';
  return null;
}

function toJsonSchema(name: string, parameters: z.ZodObject): Record<string, unknown> {
  try {
    return z.toJSONSchema(parameters, { io: 'input' });
  } catch (cause) {
    throw new TypeError(`Tool "${name}" has parameters that JSON Schema cannot express.`, { cause });
  }
}
