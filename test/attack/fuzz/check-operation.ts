import { type FuzzContext, type FuzzedSchema } from './fuzzed-schema.ts';
import { createContext } from './fuzzed-schema.ts';
import { type OperationModel, type SchemaModel, type Token } from './model.ts';
import { expectedAnswer } from './oracle.ts';
import { printOperation, variablesOf } from './print.ts';

/** What became of one operation. */
export interface Outcome {
  /** Whether it ran at all: fields that cannot be merged are refused by validation. */
  readonly isValid: boolean;
  readonly decisions: number;
  readonly denials: number;
  /** Guarded values in the answer that the oracle says are denied. */
  readonly leaks: readonly string[];
  /** Whatever else differs from what the oracle says. */
  readonly differences: readonly string[];
}

const NOTHING: Outcome = { isValid: false, decisions: 0, denials: 0, leaks: [], differences: [] };

interface Case {
  readonly model: SchemaModel;
  readonly schema: FuzzedSchema;
  readonly operation: OperationModel;
  readonly token: Token;
}

/** Runs the operation and lays its answer beside the oracle's. */
export async function checkOperation({ model, schema, operation, token }: Case): Promise<Outcome> {
  const context = createContext(token);
  const result = await answerOf(schema, operation, context);
  if (result.errors?.some(({ extensions }) => extensions?.['code'] === 'GRAPHQL_VALIDATION_FAILED'))
    return NOTHING;
  const expected = expectedAnswer(model, operation, token);
  const allowed = new Set(markersIn(expected.data));
  const leaks = [...markersIn(result)].filter((marker) => !allowed.has(marker));
  const errors = [
    ...new Set(
      result.errors?.map(({ path, extensions }) => `${path?.join('.')} ${String(extensions?.['code'])}`),
    ),
  ];
  const ranUnseen = expected.data === undefined ? context.ran.map((field) => `${field} ran`) : [];
  return {
    isValid: true,
    decisions: expected.decisions,
    denials: expected.errors.length,
    leaks,
    differences: [
      ...difference('data', result.data, expected.data),
      ...difference('errors', errors.toSorted(), [...new Set(expected.errors)]),
      ...ranUnseen,
    ],
  };
}

async function answerOf({ pipeline }: FuzzedSchema, operation: OperationModel, context: FuzzContext) {
  const { admitted, errors } = pipeline.admit(pipeline.readDocument(printOperation(operation)), {
    variables: variablesOf(operation),
    context,
    canStream: false,
  });
  if (admitted === null) return pipeline.answer({ errors }).result;
  const result = await pipeline.run(admitted);
  if (Symbol.asyncIterator in result) throw new Error('No subscription was asked for.');
  return pipeline.answer(result).result;
}

/** Texts of the world: each is found at one place only. */
function markersIn(value: unknown): string[] {
  return JSON.stringify(value ?? null).match(/«[^»]*»/g) ?? [];
}

function difference(what: string, actual: unknown, expected: unknown): string[] {
  const [is, ought] = [JSON.stringify(actual), JSON.stringify(expected)];
  return is === ought ? [] : [`${what}: ${is}\n  expected: ${ought}`];
}
