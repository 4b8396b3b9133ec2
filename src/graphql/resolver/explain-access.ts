import { InvalidInputError } from '../../errors.ts';
import { isRecord } from '../../lib/is-record.ts';
import type { AccessQuestion, AccessReport } from '../explain-access.ts';
import type { QueryResolvers } from '../generated/resolver-types.ts';
import type { RequestContext } from '../request-context.ts';

/** Tells what an operation would ask of the context's caller, as `OperationPipeline.explain`. */
export type Explain = (question: AccessQuestion, context: RequestContext) => AccessReport;

const DECIDERS = { token: 'TOKEN', arguments: 'ARGUMENTS', 'run time': 'RUN_TIME' } as const;
const STATES = { allowed: 'ALLOWED', denied: 'DENIED', open: 'OPEN' } as const;

export function createExplainResolver(explain: Explain): NonNullable<QueryResolvers['explainAccess']> {
  return (_parent, { operation, variables, operationName }, context) => {
    if (variables !== null && variables !== undefined && !isRecord(variables))
      throw new InvalidInputError('variables', '"variables" must be an object.');
    const { admitted, truncated, fields } = explain({ operation, variables, operationName }, context);
    return {
      admitted,
      truncated,
      fields: fields.map((field) => ({
        path: [...field.path],
        coordinate: field.coordinate,
        requiredScopes: copy(field.requiredScopes),
        decidedBy: DECIDERS[field.decidedBy],
        state: STATES[field.state],
        heldBy: [...field.heldBy],
        missing: copy(field.missing),
      })),
    };
  };
}

/** The generated types have no read-only lists. */
function copy(lists: readonly (readonly string[])[]): string[][] {
  return lists.map((list) => [...list]);
}
