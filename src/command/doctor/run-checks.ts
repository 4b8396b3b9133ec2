import { AmbitError } from '../../errors.ts';
import { UsageError } from '../usage-error.ts';
import type { Check, CheckContext } from './check.ts';
import { fail, type Finding } from './finding.ts';

/** Makes the checks side by side, each in bounded time, and gives what they found in their order. */
export async function runChecks(checks: readonly Check[], context: CheckContext): Promise<Finding[]> {
  const found = await Promise.all(checks.map((check) => runCheck(check, context)));
  return found.flat();
}

async function runCheck({ name, find }: Check, context: CheckContext): Promise<readonly Finding[]> {
  const overdue = fail(
    name,
    'This could not be found out in time.',
    'See whether what it depends on answers at all.',
  );
  try {
    return await within(find(context), overdue, 3 * context.timeoutMs);
  } catch (error) {
    return [fail(name, describeError(error), 'Mend what the sentence says, and ask again.')];
  }
}

/** What `work` finds, or `overdue` when it takes longer. It goes on then, and nobody listens. */
export async function within(
  work: Promise<readonly Finding[]>,
  overdue: Finding,
  timeoutMs: number,
): Promise<readonly Finding[]> {
  const late = Promise.withResolvers<readonly Finding[]>();
  const timer = setTimeout(() => late.resolve([overdue]), timeoutMs);
  return await Promise.race([work, late.promise]).finally(() => clearTimeout(timer));
}

/** Our own sentences as they are; of others no more than the message. */
export function describeError(error: unknown): string {
  if (error instanceof AmbitError || error instanceof UsageError || error instanceof TypeError)
    return error.message;
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
