import { describe, expect, test } from 'vitest';

import { fuzz, noCounts } from './fuzz.ts';
import { type FuzzedSchema } from './fuzzed-schema.ts';
import { type FieldModel, type SchemaModel } from './model.ts';

const FIXED_SEED = 20_261_124;
/** One under which every broken guard is found soon. */
const BROKEN_SEED = 4;
const RANDOM_SEED = Math.trunc(Math.random() * 1_000_000);

describe('no operation shows what the oracle denies, or denies what it allows', () => {
  test.each([
    ['a fixed seed', FIXED_SEED, 40],
    [`seed ${RANDOM_SEED}`, RANDOM_SEED, 25],
  ])('with %s', async (_, seed, schemas) => {
    const counts = noCounts();
    expect(await fuzz({ seed, schemas, shrink: false }, counts)).toBeNull();
    // It has looked at something, and both answers came up.
    expect(counts.operations - counts.invalid).toBeGreaterThan(schemas);
    expect(counts.denials).toBeGreaterThan(schemas);
    expect(counts.decisions).toBeGreaterThan(counts.denials);
  });
});

/** Takes the guard away from the first such field of each schema. */
function removeFirst(isWanted: (field: FieldModel, model: SchemaModel) => boolean) {
  return (model: SchemaModel, schema: FuzzedSchema): void => {
    for (const { name: type, fields } of model.objects) {
      const field = fields.find((one) => isWanted(one, model));
      if (field !== undefined) return schema.removeGuard(type, field.name);
    }
  };
}

const hasHole = (field: FieldModel, hole: string) =>
  field.rule.lists.flat().some((scope) => scope.includes(`{${hole}`));
const inputs = (field: FieldModel) => field.args.flatMap(({ rule }) => rule);
const enumOf = (field: FieldModel, model: SchemaModel) =>
  model.enums.find(({ name }) => name === field.type.named);

describe('a guard that was taken away is found, of a field with', () => {
  test.each<[string, (field: FieldModel, model: SchemaModel) => boolean, RegExp]>([
    ['a rule', (field) => field.rule.lists.length > 0, /LEAK|data: |errors: /],
    ['a rule, of a text', (field) => field.rule.lists.length > 0 && field.type.named === 'String', /LEAK/],
    ['a parent hole', (field) => hasHole(field, 'parent'), /LEAK|data: |errors: /],
    ['an item hole', (field) => hasHole(field, 'item'), /LEAK|data: |errors: /],
    ['a loader hole', (field) => hasHole(field, 'load'), /LEAK|data: |errors: /],
    [
      'a rule on an argument',
      (field) => field.rule.lists.length === 0 && inputs(field).length > 0,
      /LEAK|data: |errors: /,
    ],
    ['an enum with hidden values', (field, model) => enumOf(field, model)?.lists.length === 0 && enumOf(field, model)!.values.some(({ lists }) => lists.length > 0), /LEAK|data: |errors: /], // prettier-ignore
  ])('%s', async (_, isWanted, tells) => {
    const counts = noCounts();
    const breakGuard = removeFirst(isWanted);
    const found = await fuzz({ seed: BROKEN_SEED, schemas: 400, shrink: false, breakGuard }, counts);
    expect(found).toMatch(tells);
  });
});
