/** What is left of many runs after their servers were ended, frozen and cut off, and what their readers saw meanwhile. */
export interface Evidence {
  /** The ids of the runs that were accepted. */
  readonly accepted: readonly string[];
  readonly runs: readonly StoredRun[];
  /** The logs, by run and then by `seq`. */
  readonly log: readonly LoggedEvent[];
  /** One list for each reader, over all its reconnects. */
  readonly readers: readonly Reading[];
  /** The idempotency key of each execution of a `once` tool. No call of the runs was ever approved to be made again. */
  readonly effects: readonly string[];
}

export interface StoredRun {
  readonly id: string;
  readonly status: string;
  readonly output: string | null;
  readonly attempt: number;
  readonly lastSeq: number;
}

export interface SeenEvent {
  readonly seq: number;
  readonly type: string;
  readonly messageId: string | null;
  readonly delta: string | null;
}

export interface LoggedEvent extends SeenEvent {
  readonly runId: string;
}

export interface Reading {
  readonly runId: string;
  readonly events: readonly SeenEvent[];
}

const TERMINAL = new Set(['COMPLETED', 'FAILED', 'CANCELLED', 'EXPIRED']);

/** A sentence for each way in which the evidence is not what was promised; none, when all is well. */
export function findFaults(evidence: Evidence): string[] {
  const logs = Map.groupBy(evidence.log, ({ runId }) => runId);
  const runs = new Map(evidence.runs.map((run) => [run.id, run]));
  return [
    ...evidence.accepted.flatMap((id) => checkRun(id, runs.get(id), logs.get(id) ?? [])),
    ...evidence.readers.flatMap((reading) => checkReading(reading, logs.get(reading.runId) ?? [])),
    ...checkEffects(evidence.effects),
  ];
}

function checkRun(id: string, run: StoredRun | undefined, log: readonly LoggedEvent[]): string[] {
  if (run === undefined) return [`${id}: accepted, and lost`];
  if (!TERMINAL.has(run.status)) return [`${id}: has no true end, it is ${run.status}`];
  const last = log.at(-1);
  const ends = log.filter(({ type }) => type === 'RunFinished').length;
  const starts = log.filter(({ type }) => type === 'RunStarted').length;
  return [
    ...checkOrder(id, 'the log', log),
    ...(ends === 1 && last?.type === 'RunFinished' ? [] : [`${id}: RunFinished is not once and last`]),
    ...(last?.seq === run.lastSeq ? [] : [`${id}: lastSeq is ${run.lastSeq}, the log ends at ${last?.seq}`]),
    ...(starts === run.attempt ? [] : [`${id}: ${run.attempt} attempts, ${starts} RunStarted`]),
    ...checkText(run, log),
  ];
}

function checkOrder(id: string, where: string, events: readonly SeenEvent[]): string[] {
  const index = events.findIndex(({ seq }, place) => seq !== place + 1);
  return index === -1 ? [] : [`${id}: ${where} has ${events[index]?.seq} where ${index + 1} belongs`];
}

/** The output is the last message; one that was begun and not finished is superseded before the next begins. */
function checkText(run: StoredRun, log: readonly LoggedEvent[]): string[] {
  const texts = new Map<string, string>();
  const superseded = new Set<string>();
  const faults: string[] = [];
  for (const { type, messageId, delta } of log) {
    if (messageId === null) continue;
    if (type === 'MessageSuperseded') superseded.add(messageId);
    else if (superseded.has(messageId)) faults.push(`${run.id}: a superseded message goes on`);
    if (type === 'TextDelta') texts.set(messageId, (texts.get(messageId) ?? '') + (delta ?? ''));
  }
  const valid = [...texts].filter(([id]) => !superseded.has(id));
  if (run.status === 'COMPLETED' && valid.at(-1)?.[1] !== run.output)
    faults.push(`${run.id}: the output is not the text of the last message`);
  if (run.status === 'COMPLETED' && valid.length > 1)
    faults.push(`${run.id}: a half-written message was not superseded`);
  return faults;
}

function checkReading({ runId, events }: Reading, log: readonly LoggedEvent[]): string[] {
  const faults = checkOrder(runId, 'a reader', events);
  if (faults.length > 0) return faults;
  if (events.length !== log.length)
    return [`${runId}: a reader saw ${events.length} of ${log.length} events`];
  const differing = events.find((event, index) => !isSame(event, log[index]));
  return differing === undefined
    ? []
    : [`${runId}: a reader saw another event ${differing.seq} than the log holds`];
}

function isSame(event: SeenEvent, logged: LoggedEvent | undefined): boolean {
  return event.type === logged?.type && event.delta === logged.delta && event.messageId === logged.messageId;
}

function checkEffects(effects: readonly string[]): string[] {
  const times = Map.groupBy(effects, (key) => key);
  return [...times]
    .filter(([, own]) => own.length > 1)
    .map(([key, own]) => `${key}: a once tool was executed ${own.length} times`);
}
