import { type DocumentNode, type ExecutionResult, parse } from 'graphql';

/** The fields that are guarded, on each of the objects. */
export const FIELDS: readonly string[] = Array.from({ length: 9 }, (_, index) => `field${index}`);

export type Thing = Readonly<Record<string, string>>;

export const OBJECTS: Thing[] = Array.from({ length: 20 }, (_, index) =>
  Object.fromEntries([['id', `object-${index}`], ...FIELDS.map((field) => [field, `${field} of ${index}`])]),
);

export const DOCUMENT: DocumentNode = parse(`{ objects { ${FIELDS.join(' ')} } }`);

type Answer = ExecutionResult | PromiseLike<ExecutionResult>;

/** One way to guard the work. */
export interface Contender {
  readonly name: string;
  /** Whether it is Ambit's. Default: it is not. */
  readonly isOurs?: boolean;
  /** `null`: it does part of its work in validation, so that only both together say anything. */
  readonly execute: (() => Answer) | null;
  readonly validate: (() => unknown) | null;
  /** Validates and executes; by default one after the other. */
  readonly request?: () => Answer;
}
