import { isDeepStrictEqual } from 'node:util';

import { type SeenEvent } from '../../_util/event-socket.ts';
import { checkCount } from './check-log.ts';
import { type LogRecord, type Problem, type RunEvidence, type RunRecord } from './evidence.ts';

/** What subscribers of the fault suite ask for; `toSeen` says the same of a row of the log. */
export const VIEW_DOCUMENT = `
  subscription ($runId: ID!, $after: Int!) {
    runEvents(runId: $runId, after: $after) {
      __typename runId seq at
      ... on RunStarted { attempt model }
      ... on TextDelta { messageId delta }
      ... on ReasoningDelta { messageId delta }
      ... on ToolCallStarted { toolCall { ...Call } }
      ... on ToolCallFinished { toolCall { ...Call } }
      ... on ApprovalRequested { toolCall { ...Call } }
      ... on ApprovalResolved { approved toolCall { ...Call } }
      ... on MessageSuperseded { messageId }
      ... on RunFinished { run { id status output lastSeq attempt } }
    }
  }
  fragment Call on ToolCall { id name arguments result error status startedAt finishedAt }
`;

/** Every subscriber saw a slice of the log without gaps, each event once and as it is stored; to its end where it was told so. */
export function checkViews({ run, log, views }: RunEvidence): Problem[] {
  const bySeq = new Map(log.map((record) => [record.seq, record]));
  return views.flatMap(({ name, after, events, isComplete }) => {
    const seqs = events.map(({ seq }) => seq);
    const problems = checkCount(seqs, { after, where: `what ${name} saw` });
    const last = isComplete ? (log.at(-1)?.seq ?? 0) : 0;
    for (let seq = (seqs.at(-1) ?? after) + 1; seq <= last; seq += 1)
      problems.push({ kind: 'lost', text: `${seq} is missing at the end of what ${name} saw` });
    return [...problems, ...events.flatMap((event) => compare(event, { bySeq, run, name }))];
  });
}

interface Compared {
  readonly bySeq: ReadonlyMap<number, LogRecord>;
  readonly run: RunRecord | null;
  readonly name: string;
}

function compare(event: SeenEvent, { bySeq, run, name }: Compared): Problem[] {
  const record = bySeq.get(event.seq);
  if (record === undefined)
    return [{ kind: 'lost', text: `${name} saw ${event.seq}, and the log does not hold it` }];
  if (isDeepStrictEqual(event, toSeen(record, run))) return [];
  const [seen, stored] = [event, toSeen(record, run)].map((value) => JSON.stringify(value));
  return [{ kind: 'altered', text: `${name} saw ${seen}, and the log holds ${stored}` }];
}

/** An event of the log as the API shows it. */
export function toSeen(record: LogRecord, run: RunRecord | null): SeenEvent {
  const { run_id: runId, seq, type, payload, at } = record;
  const told = {
    id: run?.id,
    status: run?.status,
    output: run?.output,
    lastSeq: run?.last_seq,
    attempt: run?.attempt,
  };
  return {
    __typename: type,
    runId,
    seq,
    at: at.toISOString(),
    ...(type === 'RunFinished' ? { run: told } : payload),
  };
}
