import { isDeepStrictEqual } from 'node:util';

import { type SideEffect } from '../side-effects.ts';
import { type Problem, type RunEvidence, type StepRecord } from './evidence.ts';

/**
 * What happened outside belongs to calls of the run, each with one key and the same arguments every time. A tool with the effect `once` was executed once, and
 * again only after a decision; one that needs a decision never without.
 */
export function checkExecutions({ steps, approvals, sideEffects }: RunEvidence): Problem[] {
  const calls = steps.filter(({ kind }) => kind === 'tool');
  const known = new Set(calls.map((call) => call.idempotency_key));
  const problems = sideEffects
    .filter(({ key }) => !known.has(key))
    .map(({ tool, key }) => toolProblem(`${tool} was executed with the unknown key ${key}`));
  if (known.size !== calls.length) problems.push(toolProblem('two calls have the same key'));
  for (const call of calls) {
    const executions = sideEffects.filter(({ key }) => key === call.idempotency_key);
    problems.push(...checkSame(call, executions));
    if (call.effect !== 'once') continue;
    const decisions = approvals.filter(({ tool_call_id }) => tool_call_id === call.id);
    const isAsked = decisions.some(({ kind }) => kind === 'CALL');
    const used = decisions.flatMap(({ used_at }) => (used_at === null ? [] : [used_at]));
    problems.push(...checkOnce(executions, { isAsked, used }));
    if (call.status === 'REJECTED' && executions.length > 0)
      problems.push({ kind: 'repeated', text: `${call.tool_name} was executed, and had been refused` });
    if (call.status === 'COMPLETED' && executions.length === 0)
      problems.push(toolProblem(`${call.tool_name} is COMPLETED, and was never executed`));
  }
  return problems;
}

function checkSame(call: StepRecord, executions: readonly SideEffect[]): Problem[] {
  return executions
    .filter(({ tool, arguments: given }) => {
      return tool !== call.tool_name || !isDeepStrictEqual(given, call.arguments);
    })
    .map(({ tool, key }) => toolProblem(`${tool} was executed as ${key} with other arguments`));
}

/** Before each execution but the first, and before the first as well where it is asked for, a decision was used. */
function checkOnce(
  executions: readonly SideEffect[],
  { isAsked, used }: { readonly isAsked: boolean; readonly used: readonly Date[] },
): Problem[] {
  return executions.flatMap(({ tool, key, at }, index) => {
    if (index === 0 && !isAsked) return [];
    const before = executions[index - 1]?.at.getTime() ?? 0;
    if (used.some((decided) => decided.getTime() >= before && decided <= at)) return [];
    return [
      { kind: 'repeated', text: `${tool} was executed as ${key} (${index + 1}) without a decision` },
    ] as const;
  });
}

/** Every call is told to begin once and to end once, as it is stored; in a completed run none is left open. Decisions are told as they are stored. */
export function checkCalls({ run, log, steps, approvals }: RunEvidence): Problem[] {
  const told = new Map<string, string>();
  const problems: Problem[] = [];
  for (const { type, payload } of log) {
    const { toolCall } = payload;
    if (toolCall === undefined || (type !== 'ToolCallStarted' && type !== 'ToolCallFinished')) continue;
    const before = type === 'ToolCallStarted' ? undefined : 'RUNNING';
    if (told.get(toolCall.id) !== before)
      problems.push(toolProblem(`${type} comes out of order for ${toolCall.id}`));
    told.set(toolCall.id, toolCall.status);
    const stored = steps.find(({ id }) => id === toolCall.id)?.status;
    if (type === 'ToolCallFinished' && stored !== toolCall.status)
      problems.push(toolProblem(`${toolCall.id} was told to be ${toolCall.status}, and is ${stored}`));
  }
  if (run?.status === 'COMPLETED') {
    for (const [id, status] of told)
      if (status === 'RUNNING') problems.push(toolProblem(`${id} was begun, and never told to be over`));
  }
  return [...problems, ...checkDecisions({ log, approvals })];
}

const DECIDED = new Set(['APPROVED', 'REFUSED', 'EXPIRED']);

function checkDecisions({ log, approvals }: Pick<RunEvidence, 'log' | 'approvals'>): Problem[] {
  const count = (type: string): number => log.filter((record) => record.type === type).length;
  const decided = approvals.filter(({ status }) => DECIDED.has(status)).length;
  const pairs = [
    ['ApprovalRequested', count('ApprovalRequested'), approvals.length],
    ['ApprovalResolved', count('ApprovalResolved'), decided],
  ] as const;
  return pairs
    .filter(([, told, stored]) => told !== stored)
    .map(([type, told, stored]) => toolProblem(`${type} is told ${told} times, and ${stored} are stored`));
}

function toolProblem(text: string): Problem {
  return { kind: 'tool', text };
}
