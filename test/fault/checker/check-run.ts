import { checkAttempts, checkEnd, checkSeqs } from './check-log.ts';
import { checkText } from './check-text.ts';
import { checkCalls, checkExecutions } from './check-tools.ts';
import { checkViews } from './check-views.ts';
import { type Problem, type RunEvidence } from './evidence.ts';

const RULES = [checkSeqs, checkAttempts, checkEnd, checkViews, checkText, checkExecutions, checkCalls];

/** All that is wrong with a run that is over, or that waits for a decision. */
export function checkRun(evidence: RunEvidence): Problem[] {
  return RULES.flatMap((rule) => rule(evidence));
}
