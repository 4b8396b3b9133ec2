import * as fc from 'fast-check';

import { checkOperation } from './check-operation.ts';
import { drawOperation, drawToken } from './draw-operation.ts';
import { drawSchema } from './draw-schema.ts';
import { Draw } from './draw.ts';
import { buildFuzzedSchema, type FuzzedSchema } from './fuzzed-schema.ts';
import { type OperationModel, type SchemaModel, type Token } from './model.ts';
import { printOperation, printSchema, variablesOf } from './print.ts';

export interface FuzzCounts {
  schemas: number;
  operations: number;
  /** Operations that validation refused. */
  invalid: number;
  decisions: number;
  denials: number;
  leaks: number;
}

export interface FuzzOptions {
  readonly seed: number;
  /** How many schemas. */
  readonly schemas: number;
  /** Of each schema, each of another caller. Default: 6. */
  readonly operations?: number;
  /** Whether to make what was found smaller, for a minute at most. Default: yes. */
  readonly shrink?: boolean;
  /** Breaks a schema after it has been guarded, to see that it is found. */
  readonly breakGuard?: (model: SchemaModel, schema: FuzzedSchema) => void;
}

const MAX_MS = 60_000;

/** Nothing has happened yet. */
export function noCounts(): FuzzCounts {
  return { schemas: 0, operations: 0, invalid: 0, decisions: 0, denials: 0, leaks: 0 };
}

/** What was found, told so that it can be looked at; `null`: nothing. `counts` grow as it goes, also while it shrinks. */
export async function fuzz(options: FuzzOptions, counts: FuzzCounts): Promise<string | null> {
  const { seed, schemas, operations = 6, shrink = true, breakGuard } = options;
  const property = fc.asyncProperty(fc.gen(), async (generator) => {
    const draw = new Draw(generator);
    const model = drawSchema(draw);
    const schema = buildFuzzedSchema(model);
    breakGuard?.(model, schema);
    counts.schemas += 1;
    for (let index = 0; index < operations; index += 1) {
      const [token, operation] = [drawToken(draw), drawOperation(draw, model)];
      await check({ model, schema, token, operation }, counts);
    }
  });
  const result = await fc.check(property, {
    seed,
    numRuns: schemas,
    endOnFailure: !shrink,
    ...(shrink && { interruptAfterTimeLimit: MAX_MS }),
  });
  if (!result.failed) return null;
  const { errorInstance, counterexamplePath } = result;
  return `seed ${result.seed}, path ${counterexamplePath}\n${errorInstance instanceof Error ? (errorInstance.stack ?? '') : String(errorInstance)}`;
}

interface Case {
  readonly model: SchemaModel;
  readonly schema: FuzzedSchema;
  readonly token: Token;
  readonly operation: OperationModel;
}

async function check(fuzzed: Case, counts: FuzzCounts): Promise<void> {
  const { isValid, decisions, denials, leaks, differences } = await checkOperation(fuzzed);
  counts.operations += 1;
  counts.invalid += isValid ? 0 : 1;
  counts.decisions += decisions;
  counts.denials += denials;
  counts.leaks += leaks.length;
  const found = [...leaks.map((marker) => `LEAK ${marker}`), ...differences];
  if (found.length > 0) throw new Error([...found, describe(fuzzed)].join('\n'));
}

function describe({ model, token, operation }: Case): string {
  return [
    `scopes: ${JSON.stringify(token)}`,
    `variables: ${JSON.stringify(variablesOf(operation))}`,
    printOperation(operation),
    printSchema(model),
  ].join('\n');
}
