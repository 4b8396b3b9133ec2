import { type ProblemKind } from './checker/evidence.ts';

/** What a run of the suite has done so far, and found. */
export interface FaultCounts {
  runs: number;
  completed: number;
  cancelled: number;
  /** FAILED after too many deaths of their nodes. */
  wornOut: number;
  /** Waiting for a decision that is open, at the end. */
  paused: number;
  kills: number;
  stops: number;
  freezes: number;
  postgresRestarts: number;
  /** A node was cut off from Postgres. */
  databaseCuts: number;
  reconnects: number;
  stalls: number;
  decisions: number;
  executions: number;
  events: number;
  /** What subscribers saw. */
  eventsSeen: number;
  attempts: number;
  superseded: number;
  /** Of once tools, asked about after they may have happened. */
  unknownOutcomes: number;
  problems: Record<ProblemKind, number>;
}

export function createCounts(): FaultCounts {
  const problems = { lost: 0, doubled: 0, altered: 0, end: 0, text: 0, repeated: 0, tool: 0 };
  return {
    runs: 0,
    completed: 0,
    cancelled: 0,
    wornOut: 0,
    paused: 0,
    kills: 0,
    stops: 0,
    freezes: 0,
    postgresRestarts: 0,
    databaseCuts: 0,
    reconnects: 0,
    stalls: 0,
    decisions: 0,
    executions: 0,
    events: 0,
    eventsSeen: 0,
    attempts: 0,
    superseded: 0,
    unknownOutcomes: 0,
    problems,
  };
}

const PROBLEM_NAMES: Readonly<Record<ProblemKind, string>> = {
  lost: 'events lost',
  doubled: 'events doubled',
  altered: 'events altered',
  end: 'runs without a true end',
  text: 'texts that are not whole',
  repeated: 'once tools executed again unasked',
  tool: 'tool calls told or made wrongly',
};

/** Named figures, the faults that were found last. */
export function describeCounts({ problems, ...counts }: FaultCounts): [string, number][] {
  const found = Object.entries(problems) as [ProblemKind, number][];
  return [
    ...Object.entries(counts).map(([name, count]): [string, number] => [
      name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`),
      count,
    ]),
    ...found.map(([kind, count]): [string, number] => [PROBLEM_NAMES[kind], count]),
  ];
}
