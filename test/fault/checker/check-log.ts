import { type Problem, type RunEvidence, TERMINAL } from './evidence.ts';

/** The log counts 1, 2, 3 …, each once. */
export function checkSeqs({ log }: RunEvidence): Problem[] {
  return checkCount(
    log.map(({ seq }) => seq),
    { after: 0, where: 'the log' },
  );
}

/** Whether `seqs` count on from `after`, each once. */
export function checkCount(
  seqs: readonly number[],
  { after, where }: { readonly after: number; readonly where: string },
): Problem[] {
  const problems: Problem[] = [];
  let last = after;
  for (const seq of seqs) {
    if (seq <= last) problems.push({ kind: 'doubled', text: `${seq} comes after ${last} in ${where}` });
    for (let lost = last + 1; lost < seq; lost += 1)
      problems.push({ kind: 'lost', text: `${lost} is missing in ${where}` });
    last = Math.max(last, seq);
  }
  return problems;
}

/** RunStarted once per claim, counting on. */
export function checkAttempts({ run, log }: RunEvidence): Problem[] {
  const attempts = log.flatMap(({ type, payload }) => (type === 'RunStarted' ? [payload.attempt] : []));
  const expected = Array.from({ length: run?.attempt ?? 0 }, (_, index) => index + 1);
  if (attempts.join() === expected.join()) return [];
  return [
    {
      kind: 'altered',
      text: `RunStarted tells the attempts ${attempts.join()} and the run had ${run?.attempt}`,
    },
  ];
}

/**
 * The run has ended as it may, with RunFinished once and last; or it waits for a decision that is open, with no RunFinished. A run may
 * fail only when too many nodes died of it.
 */
export function checkEnd(evidence: RunEvidence): Problem[] {
  const { run, log, approvals } = evidence;
  if (run === null) return [end('it was accepted, and is unknown')];
  const finished = log.filter(({ type }) => type === 'RunFinished');
  if (run.status === 'PAUSED') {
    const isOpen = approvals.some(({ status }) => status === 'PENDING');
    return [
      ...(isOpen ? [] : [end('it is PAUSED with nothing to decide')]),
      ...(finished.length > 0 ? [end('it is PAUSED and has a RunFinished')] : []),
    ];
  }
  if (!TERMINAL.includes(run.status)) return [end(`it is ${run.status} still`)];
  if (finished.length !== 1) return [end(`it is ${run.status}, with RunFinished ${finished.length} times`)];
  if (log.at(-1)?.type !== 'RunFinished') return [end('something comes after RunFinished')];
  if (run.last_seq !== finished[0]?.seq)
    return [end(`RunFinished is ${finished[0]?.seq}, and the run says ${run.last_seq}`)];
  return checkStatus(evidence, run.status);
}

const MAX_RECOVERIES = 5;

function checkStatus({ run, toldStatuses, cancelAsked }: RunEvidence, status: string): Problem[] {
  const problems = toldStatuses
    .filter((told) => TERMINAL.includes(told) && told !== status)
    .map((told) => end(`a client was told that it is ${told}, and it is ${status}`));
  const isWornOut = run?.error_code === 'INTERRUPTED' && run.recoveries >= MAX_RECOVERIES;
  if (status === 'EXPIRED' || (status === 'FAILED' && !isWornOut))
    problems.push(end(`it is ${status} (${run?.error_code})`));
  if (status === 'CANCELLED' && !cancelAsked) problems.push(end('it is CANCELLED, and nobody asked'));
  return problems;
}

function end(text: string): Problem {
  return { kind: 'end', text };
}
