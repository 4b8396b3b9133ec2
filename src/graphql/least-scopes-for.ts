import { getOperationAST, type GraphQLSchema } from 'graphql';

import { judgePlan } from '../directive/judge-plan.ts';
import { planOperation } from '../directive/operation-plan.ts';
import { listScopeChoices, type PlaceChoice } from '../directive/scope-choices.ts';
import { InvalidInputError } from '../errors.ts';
import { GrantSet } from '../scope/grant-set.ts';
import { chooseLeastScopes, isMet } from '../scope/least-scopes.ts';
import { coerceVariables } from './coerce-variables.ts';
import { toAccessError } from './explain-access.ts';
import { DEFAULT_LIMITS } from './limits.ts';
import { createDocumentReader } from './read-document.ts';

export interface LeastScopesInput {
  readonly operation: string;
  readonly operationName?: string | undefined;
  /** `undefined`: not known; what arguments take from them is as if only execution knew it. */
  readonly variables?: Readonly<Record<string, unknown>> | undefined;
  /** The ids that are meant where only execution knows which, by resource. */
  readonly ids: ReadonlyMap<string, readonly string[]>;
  /** The `sub` of who is to hold them. */
  readonly subject: string;
  readonly adminScope: string;
}

/** A scope, and the fields that it was chosen for. */
export interface ChosenScope {
  readonly scope: string;
  readonly places: readonly PlaceChoice[];
}

/**
 * The least scopes with which the operation is refused no field from token and arguments.
 * @throws InvalidDocumentError, LimitExceededError, InvalidInputError for an operation that would be refused whoever asks,
 * and for one with a field whose arguments give no id to name.
 */
export function leastScopesFor(schema: GraphQLSchema, input: LeastScopesInput): ChosenScope[] {
  const { adminScope, ids, subject } = input;
  const { plan, variables } = readPlan(schema, input);
  const places = listScopeChoices(plan, { variables, ids, self: subject });
  const closed = places.find(({ choice }) => choice.length === 0);
  if (closed !== undefined) {
    throw new InvalidInputError(
      closed.path.join('.'),
      `${closed.coordinate} asks for a scope of one id, and the arguments give none.`,
    );
  }
  const scopes = chooseLeastScopes(
    places.map(({ choice }) => choice),
    { adminScope },
  );
  const grants = new GrantSet(scopes, adminScope);
  const { refusals } = judgePlan(plan, { principal: { grants, id: subject }, variables });
  if (refusals[0] !== undefined) throw new Error(`The scopes chosen do not open ${refusals[0].coordinate}.`);
  return scopes.map((scope) => {
    const alone = new GrantSet([scope], adminScope);
    return {
      scope,
      places: places.filter(({ choice }) => isMet(choice, alone) || choice.flat().includes(scope)),
    };
  });
}

function readPlan(schema: GraphQLSchema, { operation: text, operationName, variables }: LeastScopesInput) {
  const { document, errors } = createDocumentReader(schema, DEFAULT_LIMITS, null)(text);
  if (document === null) throw toAccessError(errors[0]);
  const operation = getOperationAST(document, operationName);
  if (!operation) throw new InvalidInputError('operation', 'Say which operation of the document is meant.');
  const coerced = coerceVariables(schema, operation, variables ?? {});
  if (coerced.errors !== null && variables !== undefined) throw toAccessError(coerced.errors[0]);
  return { plan: planOperation(schema, document, operation), variables: coerced.values ?? {} };
}
