import { isComposite, possibleTypes } from './schema-facts.ts';
import { IDS, type SchemaModel, type TypeRef } from './model.ts';

/** An object of the world. */
export interface Thing {
  readonly type: string;
  /** The response keys that lead to it, and its index before anything was left out. */
  readonly key: string;
  readonly id: unknown;
  readonly ref: unknown;
}

/** What a field has to give, whoever asks. */
export type Raw = null | string | { readonly enum: string } | Thing | readonly Raw[];

/** A number that depends on the text alone. */
export function hash(text: string): number {
  let value = 2_166_136_261;
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 16_777_619) >>> 0;
  }
  value ^= value >>> 15;
  value = Math.imul(value, 2_246_822_519) >>> 0;
  return (value ^ (value >>> 13)) >>> 0;
}

/** What is at that place: the same each time. Every text is found at one place only, so that it tells where it comes from. */
export function valueAt(schema: SchemaModel, { named, lists }: TypeRef, key: string): Raw {
  const chance = hash(`${key}?`);
  if (chance % 17 === 0) return null;
  if (lists > 0) {
    return Array.from({ length: chance % 4 }, (_, index) =>
      valueAt(schema, { named, lists: lists - 1 }, `${key}.${index}`),
    );
  }
  if (isComposite(named)) return thingAt(schema, named, key);
  const found = schema.enums.find(({ name }) => name === named);
  if (found === undefined) return `«${key}»`;
  return { enum: found.values[chance % found.values.length]?.name ?? '' };
}

function thingAt(schema: SchemaModel, named: string, key: string): Raw {
  const types = possibleTypes(schema, named);
  const type = types[hash(`${key}!`) % types.length];
  return type === undefined ? null : { type, key, id: idAt(`${key}#id`), ref: idAt(`${key}#ref`) };
}

function idAt(key: string): unknown {
  const at = hash(key) % (IDS.length + 4);
  return at < IDS.length ? IDS[at] : ['a', 'b', null, undefined][at - IDS.length];
}

/** What the loader of the schema finds; `null`: nothing that anybody may see. */
export function load(ref: unknown): { readonly id: string | null } | null {
  if (ref === 'a' || ref === 'b') return { id: ref };
  return ref === 'c' ? { id: null } : null;
}
